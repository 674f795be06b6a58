// Keys that act by themselves. They can be switched off: who dictates or presses keys by accident is not surprised.

import { make, one } from "../dom";

const name = "tandem.single-keys";
let waitingForG = false;

export const singleKeysOn = (): boolean => localStorage.getItem(name) !== "off";

/** Whether an event is a key pressed alone, outside of anything one types into, while such keys are wanted. */
export function singleKeys(event: KeyboardEvent): boolean {
  return singleKeysOn() && !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented
    && !(event.target as HTMLElement).closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog[open], td[data-field]");
}

const keys: readonly (readonly [string, string])[] = [
  ["Ctrl K", "Find a table, view, record or action"], ["/", "Search in the list"], ["j  k", "Next and previous row"], ["x", "Select the row; with Shift, all up to it"],
  ["e", "Open the row"], ["n", "New record"], ["g h", "Home"], ["?", "These shortcuts"], ["Ctrl S", "Save"], ["Ctrl Z", "Undo the last save"],
  ["Arrows", "Move between cells"], ["Enter  F2", "Edit the cell; Enter again saves and goes down"], ["Tab", "In a cell: save and go right"], ["Esc", "Give up"], ["Ctrl V", "Paste a block of cells"],
];

export function showShortcuts(): void {
  let dialog = one<HTMLDialogElement>("[data-shortcuts]");
  if (!dialog) {
    const close = make("button", { type: "button", className: "button", textContent: "Close" });
    close.addEventListener("click", () => dialog?.close());
    dialog = make("dialog", {}, make("h2", { textContent: "Shortcuts", id: "shortcuts-heading" }),
      make("dl", { className: "keys" }, ...keys.map(([key, what]) => make("div", {}, make("dt", {}, ...key.split("  ").flatMap((k, i) => [i > 0 ? " " : "", make("kbd", { textContent: k })])), make("dd", { textContent: what })))),
      make("div", { className: "dialog-actions" }, close));
    dialog.dataset["shortcuts"] = "";
    dialog.setAttribute("aria-labelledby", "shortcuts-heading");
    document.body.append(dialog);
  }
  dialog.showModal();
}

export function startShortcuts(): void {
  const box = one<HTMLInputElement>("[data-single-keys]");
  if (box) {
    box.checked = singleKeysOn();
    box.addEventListener("change", () => localStorage.setItem(name, box.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", event => {
    if (!singleKeys(event) || (event.target as HTMLElement).matches("table.records tbody tr") && "jkex".includes(event.key)) {
      return;
    }
    const act = waitingForG && event.key === "h" ? () => location.assign("/") : actions[event.key];
    waitingForG = event.key === "g";
    if (act) {
      event.preventDefault();
      act();
    }
  });
}

const actions: Record<string, () => void> = {
  "/": () => (one<HTMLInputElement>(".tools input[type=search]") ?? one<HTMLInputElement>("[data-jump] input"))?.focus(),
  "?": showShortcuts,
  n: () => one<HTMLAnchorElement>("[data-new]")?.click(),
};
