// Marks that say whether records are active: they turn as the records do, wherever they stand.

import { all, fetchPage, one, withData } from "../dom";
import { onChange, type LiveChange } from "../live";

export function startActivation(): void {
  onChange(change => {
    for (const mark of all(`[data-activation]${withData("table", change.table)}${withData("of", change.key)}`)) {
      turn(mark, change);
    }
  });
}

function turn(mark: HTMLElement, change: LiveChange): void {
  const own = JSON.parse(mark.dataset["fields"] ?? "[]") as string[];
  const changed = own.filter(f => change.fields?.[f] !== undefined);
  const active = change.fields?.[mark.dataset["activeField"] ?? ""];
  if (changed.length === 1 && active !== undefined) {
    const isActive = active.input === "true";
    mark.dataset["active"] = isActive ? "True" : "False";
    if (isActive) {
      // What it waited for has come.
      mark.dataset["off"] = "inactive";
    }
    show(mark, (isActive ? mark.dataset["on"] : mark.dataset["off"]) ?? "");
  } else if (changed.length > 0) {
    void readAgain(mark);
  }
}

/** Its times are others now; the record's own page says what they come to. */
async function readAgain(mark: HTMLElement): Promise<void> {
  const address = mark.closest("tr")?.querySelector<HTMLAnchorElement>("td.opens a")?.href ?? location.href;
  const read = await fetchPage(address);
  const now = read && one("[data-activation]", read);
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
