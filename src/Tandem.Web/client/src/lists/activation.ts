// Marks that say whether records are active: they turn as the records do, wherever they stand.

import { all, fetchPage, one, withData } from "../dom";
import { onChange, onReset, type LiveChange } from "../live";

// How many changes a mark has heard of; what was read before the last of them is old.
const heard = new WeakMap<HTMLElement, number>();
const reading = new WeakSet<HTMLElement>();

export function startActivation(): void {
  onChange(change => {
    for (const mark of all(`[data-activation]${withData("table", change.table)}${withData("of", change.key)}`)) {
      turn(mark, change);
    }
  });
  // A list reads itself again; a record's page asks for its mark.
  onReset(async () => void (await Promise.all(all("[data-activation]").filter(m => !m.closest("tr")).map(readAgain))));
}

function turn(mark: HTMLElement, change: LiveChange): void {
  const own = JSON.parse(mark.dataset["fields"] ?? "[]") as string[];
  const changed = own.filter(f => change.fields?.[f] !== undefined);
  const active = change.fields?.[mark.dataset["activeField"] ?? ""];
  if (changed.length > 0) {
    heard.set(mark, (heard.get(mark) ?? 0) + 1);
  }
  if (changed.length === 1 && !reading.has(mark) && active !== undefined) {
    const isActive = active.input === "true";
    mark.dataset["active"] = String(isActive);
    if (isActive) {
      // What it waited for has come.
      mark.dataset["off"] = "inactive";
    }
    show(mark, (isActive ? mark.dataset["on"] : mark.dataset["off"]) ?? "");
  } else if (changed.length > 0 && !reading.has(mark)) {
    // A server that is gone is said elsewhere, and once it is back all is read again.
    readAgain(mark).catch(() => mark.title = "");
  }
}

/** Its times are others now; the record's own page says what they come to. */
async function readAgain(mark: HTMLElement): Promise<void> {
  const address = mark.closest("tr")?.querySelector<HTMLAnchorElement>("td.opens a")?.href ?? location.href;
  let now: HTMLElement | null = null;
  reading.add(mark);
  try {
    for (let at = -1; at !== heard.get(mark); ) {
      at = heard.get(mark) ?? 0;
      const read = await fetchPage(address);
      now = read && one("[data-activation]", read);
    }
  } finally {
    reading.delete(mark);
  }
  if (!now || !mark.isConnected) {
    return;
  }
  for (const name of ["active", "on", "off"]) {
    mark.dataset[name] = now.dataset[name] ?? "";
  }
  mark.title = now.title;
  show(mark, now.textContent ?? "");
}

function show(mark: HTMLElement, words: string): void {
  mark.textContent = words;
  mark.hidden = words === "";
}
