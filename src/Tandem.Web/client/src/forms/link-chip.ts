// One joined record as a chip: its name, a link to it, and a button that takes it away or puts it back.

import { make, one } from "../dom";

export type ChipState = "same" | "new" | "removed";

export class Chip {
  readonly value: string;
  readonly label: string;
  readonly #name: HTMLElement;
  readonly #button: HTMLButtonElement;
  #state: ChipState;

  /** @param mayRemove Whether the user may remove what is stored; what is new anybody may leave out again. */
  constructor(readonly element: HTMLElement, state: ChipState, private readonly mayRemove: boolean, act: () => void) {
    this.value = element.dataset["value"]!;
    this.#name = one("a, span", element)!;
    this.label = this.#name.textContent?.trim() ?? "";
    this.#button = make("button", { type: "button", tabIndex: -1 });
    this.#button.addEventListener("click", act);
    element.append(this.#button);
    this.#state = state;
    this.show(state);
  }

  get key(): string | null {
    return this.element.dataset["key"] ?? null;
  }

  set key(key: string) {
    this.element.dataset["key"] = key;
  }

  get state(): ChipState {
    return this.#state;
  }

  get isRemovable(): boolean {
    return this.mayRemove || this.#state === "new";
  }

  show(state: ChipState): void {
    this.#state = state;
    this.element.dataset["state"] = state;
    this.#button.hidden = !this.isRemovable;
    this.#button.textContent = state === "removed" ? "↶" : "×";
    this.#button.setAttribute("aria-label", `${state === "removed" ? "Put back" : "Remove"} ${this.label}`);
    const says = state === "removed" ? "Goes when the form is saved. " : state === "new" ? "Not saved yet. " : "";
    this.#name.setAttribute("aria-description", `${says}${this.isRemovable ? `Press Delete to ${state === "removed" ? "put it back" : "remove it"}.` : ""}`);
  }

  focus(): void {
    this.#name.focus();
  }

  reach(isOnTheWay: boolean): void {
    this.#name.tabIndex = isOnTheWay ? 0 : -1;
  }
}
