// The page's connection as its own parts use it: what is live in the document is registered, wherever it appears or goes.

import { all, one } from "./dom";
import { hideBanner, showBanner } from "./shell/banner";
import { reloadForRights, sayRightsChanged } from "./shell/rights";
import { LiveConnection, type Registration, type State } from "./lib/connection";
import type { LiveChange } from "./lib/messages";

export type { LiveChange, LiveField } from "./lib/messages";

const words: Record<State, string> = { idle: "", connecting: "connecting", live: "live", reconnecting: "reconnecting", gone: "offline", out: "signed out" };
const listeners: ((change: LiveChange) => void)[] = [];
const resets: (() => Promise<void>)[] = [];
const known = new Map<HTMLElement, { readonly says: string; readonly registration: Registration }>();
let wasGone = false;

/** The one connection of this page. */
export const connection = new LiveConnection({ cursor: document.body.dataset["cursor"] ?? "" });

/** Hears every change that concerns the page. */
export const onChange = (listener: (change: LiveChange) => void): void => void listeners.push(listener);

/** Reads again what the page shows, when what was missed cannot be listed. */
export const onReset = (listener: () => Promise<void>): void => void resets.push(listener);

/** Begins, and opens the connection if the page shows anything live. */
export function startLive(): void {
  connection.onState(show);
  connection.onSchema(checkSchema);
  connection.on("rights", reloadForRights);
  sayRightsChanged();
  addEventListener("online", () => connection.retry());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connection.retry());
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-key", "data-live-table"] });
}

/** The page shows something else now, read at a newer place in the feed. */
export async function watchAgain(newCursor?: string): Promise<void> {
  look();
  if (newCursor) {
    connection.moveTo(newCursor);
  }
}

/** Registers what is live in the document and lets go of what is not there any more. */
function look(): void {
  const there = new Set(all("[data-live-table]"));
  for (const [element, { registration }] of known) {
    if (!there.has(element)) {
      registration.remove();
      known.delete(element);
    }
  }
  let heardAlready: ((change: LiveChange) => void) | null = null;
  for (const element of there) {
    const keys = [element, ...all("[data-key]", element)].map(e => e.dataset["key"] ?? "").filter(k => k !== "");
    const part = {
      table: element.dataset["liveTable"]!,
      keys: [...new Set(keys)],
      fields: JSON.parse(element.dataset["liveFields"] ?? "null") as string[] | null,
      whole: "liveWhole" in element.dataset,
      search: "liveEvery" in element.dataset ? null : location.search,
    };
    const says = JSON.stringify(part);
    const before = known.get(element);
    if (before?.says === says) {
      continue;
    }
    before?.registration.remove();
    heardAlready ??= hear();
    known.set(element, { says, registration: connection.register(part, { change: heardAlready, reset: () => void reset() }) });
  }
}

// Two parts may show one record; those who listen to the whole page hear of each change once.
const passed = new WeakSet<LiveChange>();

const hear = () => (change: LiveChange): void => {
  if (!passed.has(change)) {
    passed.add(change);
    listeners.forEach(l => l(change));
  }
};

let resetting: Promise<unknown> | null = null;

async function reset(): Promise<void> {
  resetting ??= Promise.all(resets.map(r => r())).finally(() => (resetting = null));
  await resetting;
}

function checkSchema(version: number): void {
  const rendered = document.body.dataset["schema"];
  if (rendered !== undefined && version !== Number(rendered)) {
    showBanner("schema", "The tables changed while this page was open. Reload the page.");
  }
}

function show(state: State): void {
  const sign = one("[data-live-sign]");
  if (sign) {
    sign.hidden = state === "idle";
    sign.dataset["state"] = state === "out" ? "gone" : state;
    sign.textContent = words[state];
    sign.title = state === "live" ? "This page changes as others save." : "This page waits for the server.";
  }
  switch (state) {
    case "gone":
      if (!wasGone) {
        showBanner("gone", "The server is gone. What you type stays here.");
      }
      wasGone = true;
      break;
    case "out":
      wasGone = true;
      showBanner("out", "You are signed out. Sign in again in another tab; what you type stays here.");
      break;
    case "live":
      hideBanner("gone");
      hideBanner("out");
      if (wasGone) {
        wasGone = false;
        showBanner("back", "The server is back.", 4000);
      }
      break;
  }
}
