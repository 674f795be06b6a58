// One control bound to a field of an edit: what is typed goes in, what others save comes out, and a field changed on both
// sides says so beside itself.

import { ago } from "../shell/ago";
import { glow, make } from "../dom";
import type { RecordEdit } from "../lib/record";
import { read, write, type Input } from "./input";

export class BoundField {
  #panel: HTMLElement | null = null;
  #asked = "";
  #error: HTMLElement | null = null;

  /** @param isTyped Whether somebody typed while the record was read. */
  constructor(readonly input: Input, readonly field: string, private readonly edit: RecordEdit, isTyped = false) {
    if ((isTyped || input === document.activeElement) && read(input) !== edit.get(field)) {
      // What was typed while the record was read is mine.
      this.typed();
    }
    this.show();
  }

  typed(): void {
    this.error(null);
    this.edit.set(this.field, read(this.input));
  }

  /** Shows where the field stands now. */
  show(by: string | null = null): void {
    const value = this.edit.get(this.field);
    const conflict = this.edit.conflicts.find(c => c.field === this.field);
    // The person owns the field in focus: what they typed is what the edit holds, so it is never written over.
    if (read(this.input) !== value && write(this.input, value) && by !== null) {
      glow(this.input);
    }
    this.input.dataset["state"] = conflict ? "conflict" : this.edit.modified.includes(this.field) ? "mine" : "same";
    // A question that is the same stays where it is: somebody may be pressing its button.
    const asks = conflict ? JSON.stringify([conflict.theirs, conflict.by, conflict.at]) : "";
    if (asks === this.#asked) {
      return;
    }
    this.#asked = asks;
    this.#panel?.remove();
    this.#panel = null;
    if (conflict) {
      const keep = make("button", { type: "button", textContent: "Keep mine" });
      const take = make("button", { type: "button", textContent: "Take theirs" });
      keep.addEventListener("click", () => this.edit.keepMine(this.field));
      take.addEventListener("click", () => this.edit.revert(this.field));
      const when = conflict.at ? ` ${ago(conflict.at)}` : "";
      this.#panel = make("span", { className: "live-conflict" }, `${conflict.by ?? "Somebody"} changed this to “${conflict.theirs ?? "nothing"}”${when}. `, keep, " ", take);
      this.#panel.setAttribute("role", "alert");
      this.input.after(this.#panel);
    }
  }

  error(message: string | null): void {
    this.#error?.remove();
    this.#error = null;
    this.input.setAttribute("aria-invalid", String(message !== null));
    if (message !== null) {
      this.#error = make("span", { className: "live-error", textContent: message, id: `live-error-${++errors}` });
      this.#error.setAttribute("role", "alert");
      this.input.setAttribute("aria-describedby", this.#error.id);
      this.input.after(this.#error);
    }
  }

  close(): void {
    this.#panel?.remove();
    this.error(null);
  }
}

let errors = 0;
