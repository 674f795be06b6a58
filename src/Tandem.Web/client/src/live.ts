// The page's one connection. It opens only when something on the page is live, carries the place in the feed up to which
// the page is current, and after a break goes on from there.

import type { HubConnection } from "@microsoft/signalr";
import { all, one } from "./dom";
import { hideBanner, showBanner } from "./banner";

export interface LiveField {
  readonly name: string;
  readonly text: string;
  readonly input: string | null;
  readonly before: string | null;
  readonly label: string | null;
  readonly href: string | null;
}

export interface LiveChange {
  readonly table: string;
  readonly key: string;
  readonly kind: "insert" | "update" | "delete" | "reset" | "moved";
  readonly by: string;
  readonly at: string;
  readonly sequence: number;
  readonly fields: Readonly<Record<string, LiveField>> | null;
  readonly moves: boolean;
}

type State = "connecting" | "live" | "reconnecting" | "gone";

const words: Record<State, string> = { connecting: "connecting", live: "live", reconnecting: "reconnecting", gone: "offline" };
const heard = new Map<string, number>();
const listeners: ((change: LiveChange) => void)[] = [];
const resets: (() => Promise<void>)[] = [];
let connection: HubConnection | null = null;
let cursor = "";
let node = "";
let isGone = false;
let attempts = 0;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Hears every change that concerns the page. */
export const onChange = (listener: (change: LiveChange) => void): void => void listeners.push(listener);

/** Reads again what the page shows, when what was missed cannot be listed. */
export const onReset = (listener: () => Promise<void>): void => void resets.push(listener);

/** Begins, if the page shows anything live. */
export function startLive(): void {
  if (all("[data-live-table]").length === 0) {
    return;
  }
  cursor = document.body.dataset["cursor"] ?? "";
  show("connecting");
  void connect();
  addEventListener("online", () => retryNow());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && retryNow());
}

/** Tells the server that the page shows something else now, read at a newer place in the feed. */
export async function watchAgain(newCursor?: string): Promise<void> {
  if (newCursor) {
    cursor = newCursor;
  }
  if (connection?.state === "Connected") {
    await watch(connection);
  }
}

async function connect(): Promise<void> {
  clearTimeout(retry);
  retry = undefined;
  const { HubConnectionBuilder, LogLevel } = await import("@microsoft/signalr");
  const hub = new HubConnectionBuilder().withUrl("/_tandem/live").configureLogging(LogLevel.None).build();
  hub.on("changes", (batch: { cursor: string | null; changes: LiveChange[] }) => receive(batch));
  hub.on("reset", (at: string) => void reset(at));
  hub.on("schema", (version: number) => checkSchema(version));
  hub.on("stopping", () => gone());
  let isSignedOut = false;
  hub.on("signedOut", () => {
    isSignedOut = true;
    isGone = true;
    connection = null;
    show("gone");
    showBanner("out", "You are signed out. Sign in again in another tab; what you type stays here.");
    void hub.stop();
    attempts = 5;
    again();
  });
  hub.onclose(() => {
    if (connection === hub) {
      connection = null;
      show(isGone ? "gone" : "reconnecting");
      again();
    }
  });
  connection = hub;
  try {
    await hub.start();
    await watch(hub);
    if (connection !== hub) {
      return;
    }
    attempts = 0;
    show("live");
    if (isGone) {
      isGone = false;
      showBanner("back", "The server is back.", 4000);
    }
  } catch {
    if (connection === hub && !isSignedOut) {
      connection = null;
      gone();
      void hub.stop();
      again();
    }
  }
}

function again(): void {
  const wait = Math.min(8000, 300 * 2 ** attempts++) * (0.8 + Math.random() * 0.4);
  clearTimeout(retry);
  retry = setTimeout(() => void connect(), wait);
}

function retryNow(): void {
  if (retry !== undefined && connection === null) {
    attempts = 0;
    void connect();
  }
}

async function watch(hub: HubConnection): Promise<void> {
  const tables = new Map<string, { table: string; keys: Set<string>; fields: string[] | null; whole: boolean; search: string | null }>();
  for (const element of all("[data-live-table]")) {
    const table = element.dataset["liveTable"]!;
    const keys = [element, ...all("[data-key]", element)].map(e => e.dataset["key"] ?? "").filter(k => k !== "");
    const known = tables.get(table);
    if (known) {
      keys.forEach(k => known.keys.add(k));
      continue;
    }
    tables.set(table, {
      table,
      keys: new Set(keys),
      fields: JSON.parse(element.dataset["liveFields"] ?? "null") as string[] | null,
      whole: "liveWhole" in element.dataset,
      search: "liveEvery" in element.dataset ? null : location.search,
    });
  }
  const answer = await hub.invoke<{ schemaVersion: number; node: string }>("Watch", {
    cursor,
    tables: [...tables.values()].map(t => ({ ...t, keys: [...t.keys] })),
  });
  checkSchema(answer.schemaVersion);
  const isElsewhere = node !== "" && node !== answer.node;
  node = answer.node;
  if (isElsewhere) {
    await reset();
  }
}

function receive(batch: { cursor: string | null; changes: LiveChange[] }): void {
  for (const change of batch.changes) {
    if (change.kind === "reset") {
      void reset();
      continue;
    }
    const record = `${change.table}\n${change.key}`;
    if ((heard.get(record) ?? 0) < change.sequence) {
      heard.set(record, change.sequence);
      listeners.forEach(l => l(change));
    }
  }
  if (batch.cursor !== null) {
    cursor = batch.cursor;
  }
}

async function reset(at?: string): Promise<void> {
  await Promise.all(resets.map(r => r()));
  await watchAgain(at);
}

function checkSchema(version: number): void {
  if (version !== Number(document.body.dataset["schema"])) {
    showBanner("schema", "The tables changed while this page was open. Reload the page.");
  }
}

function gone(): void {
  if (!isGone) {
    isGone = true;
    showBanner("gone", "The server is gone. What you type stays here.");
  }
  show("gone");
}

function show(state: State): void {
  const sign = one("[data-live-sign]");
  if (sign) {
    sign.hidden = false;
    sign.dataset["state"] = state;
    sign.textContent = words[state];
    sign.title = state === "live" ? "This page changes as others save." : "This page waits for the server.";
  }
  if (state === "live") {
    hideBanner("gone");
    hideBanner("out");
  }
}
