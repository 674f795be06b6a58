// The last save can be taken back, guarded: what somebody changed since stays, and is said.

import { announce, make } from "../dom";
import { undoUnit } from "../lib/unit";

/** What can be taken back, the newest last. It outlives the page, for this tab. */
const place = "tandem.undo";
const most = 20;

const stack = (): string[] => JSON.parse(sessionStorage.getItem(place) ?? "[]") as string[];

const keep = (operations: readonly string[]): void => sessionStorage.setItem(place, JSON.stringify(operations.slice(-most)));

let shown: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export const canUndo = (): boolean => stack().length > 0;

/** Says what was saved, and that it can be taken back. */
export function offerUndo(operation: string, what: string): void {
  if (operation !== "") {
    keep([...stack(), operation]);
  }
  toast(what, operation !== "");
}

export async function undo(): Promise<void> {
  const operations = stack();
  const operation = operations.pop();
  if (operation === undefined) {
    toast("There is nothing of yours to undo.", false);
    return;
  }
  const answer = await undoUnit(operation);
  if (answer.status === 0) {
    toast("Not undone: the server did not answer. Try again when it is back.", false);
    return;
  }
  keep(operations);
  if (answer.isSaved) {
    toast("Undone.", canUndo());
    return;
  }
  const by = answer.conflicts[0]?.by ?? answer.gone[0]?.by;
  const changed = answer.conflicts.length + answer.gone.length > 0;
  toast(changed ? `Not undone: ${by ?? "somebody"} has changed ${answer.conflicts.length > 1 ? "some of it" : "it"} since. It stays as it is now.` : answer.detail, false);
}

function toast(text: string, undoable: boolean): void {
  clearTimeout(timer);
  shown?.remove();
  shown = make("div", { className: "toast" }, make("span", { textContent: text }));
  shown.dataset["toast"] = "";
  if (undoable) {
    const button = make("button", { type: "button", textContent: "Undo" });
    button.setAttribute("aria-keyshortcuts", "Control+Z");
    button.addEventListener("click", () => void undo());
    shown.append(button);
  }
  document.body.append(shown);
  announce(undoable ? `${text} Undo with Control Z.` : text);
  timer = setTimeout(() => shown?.remove(), 12_000);
}

export function startUndo(): void {
  document.addEventListener("keydown", event => {
    const typing = (event.target as HTMLElement).closest("input, select, textarea, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !typing && (canUndo() || document.querySelector("[data-list]"))) {
      event.preventDefault();
      void undo();
    }
  });
}
