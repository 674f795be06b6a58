// One field of a record page: its edit and how that looks.

import { ago } from "../shell/ago";
import { controlOf, type Control } from "./control";
import { glow, make, one } from "../dom";
import * as edit from "../edit";
import type { DraftField } from "./draft";
import type { Value } from "../edit";
import { jsonFault } from "../lib/wire";

export class FieldPanel {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly control: Control | null;
  #edit: edit.FieldEdit;
  #by: string | null;
  #at: string | null;
  #theirsText: string;
  #theirsLabel: string | null = null;
  #baseText: string;
  #parts: HTMLElement[] = [];
  #visited = false;
  #offer: HTMLButtonElement | null = null;

  constructor(readonly element: HTMLElement, private readonly changed: () => void) {
    this.name = element.dataset["field"] ?? element.dataset["cell"]!;
    this.label = element.dataset["label"]!;
    this.type = element.dataset["type"]!;
    this.control = controlOf(element);
    this.#by = element.dataset["by"] ?? null;
    this.#at = element.dataset["at"] ?? null;
    const theirs = JSON.parse(element.dataset["base"]!) as Value;
    const started = element.dataset["start"] === undefined ? theirs : (JSON.parse(element.dataset["start"]) as Value);
    this.#theirsLabel = one("[data-picker]", element)?.dataset["labelText"] ?? null;
    this.#theirsText = this.#theirsLabel ?? theirs ?? "empty";
    this.#baseText = started ?? "empty";
    this.#edit = edit.set(this.type, edit.start(started), this.control?.read(theirs) ?? theirs);
    this.#edit = edit.follow(this.type, this.#edit, theirs);
    one("[data-server-conflict]", element)?.remove();
    element.addEventListener("input", () => this.#typed());
    // Leaving a field tells once more what was typed: no reason to take back what is said of it.
    element.addEventListener("change", () => this.control?.read(this.#edit.theirs) !== this.#edit.mine && this.#typed());
    element.addEventListener("focusout", () => (this.#visited = true));
    this.show();
  }

  get isModified(): boolean {
    return edit.isModified(this.type, this.#edit);
  }

  get isConflict(): boolean {
    return edit.isConflict(this.type, this.#edit);
  }

  /** Whether somebody has been in the field: messages are for them alone. */
  get isVisited(): boolean {
    return this.#visited || this.#edit.touched;
  }

  /** What is wrong with the value before it is sent, or null. */
  get fault(): string | null {
    const input = this.control?.input;
    return !input ? null : input.checkValidity() ? jsonFault(this.type, this.control!.read(null)) : input.validationMessage;
  }

  get draft(): DraftField {
    const shown = this.control?.input.dataset["shown"];
    return shown === undefined ? { base: this.base, mine: this.mine } : { base: this.base, mine: this.mine, shown };
  }

  /** What was typed before the page was left, on what it was based on then. */
  restore(draft: DraftField): void {
    if (!this.control || this.control.needsForm) {
      return;
    }
    this.control.write(draft.mine, draft.shown ?? null);
    const theirs = this.#edit.theirs;
    this.#baseText = draft.base ?? "empty";
    this.#edit = edit.follow(this.type, edit.set(this.type, edit.start(draft.base), draft.mine), theirs);
    if (!this.#edit.touched) {
      this.control.write(theirs, this.#theirsLabel);
    }
    this.show();
  }

  /** The page itself puts a value in, as if it were typed. */
  put(value: Value, label: string | null = null): void {
    this.control?.write(value, label);
    this.#typed();
  }

  /** Offers the value as the server would keep it; null for none. */
  suggest(value: Value): void {
    this.#offer?.remove();
    this.#offer = null;
    if (value === null || value === "" || this.isConflict) {
      return;
    }
    this.#offer = make("button", { type: "button", className: "button little offer", textContent: `Use “${short(value)}”` });
    this.#offer.addEventListener("click", () => {
      this.put(value);
      this.control?.input.dispatchEvent(new Event("input", { bubbles: true }));
      this.control?.input.focus();
    });
    one("[data-error]", this.element)!.before(this.#offer);
  }

  get mine(): Value {
    return this.#edit.mine;
  }

  get base(): Value {
    return this.#edit.base;
  }

  get theirs(): Value {
    return this.#edit.theirs;
  }

  /** The source holds another value. */
  follow(theirs: Value, text: string, label: string | null, by: string | null, at: string | null, isMine = false): void {
    if (edit.same(this.type, theirs, this.#edit.theirs)) {
      return;
    }
    const before = this.#theirsText;
    const wasTouched = this.#edit.touched;
    if (!wasTouched || !this.isConflict) {
      this.#baseText = before;
    }
    this.#edit = edit.follow(this.type, this.#edit, theirs);
    [this.#theirsText, this.#theirsLabel, this.#by, this.#at] = [text === "" ? "empty" : text, label, by, at];
    if (!this.#edit.touched && !wasTouched) {
      this.#write(theirs, label);
      this.note(`follows: ${short(before)} → ${short(this.#theirsText)}`);
      glow(one("[data-control]", this.element) ?? this.element);
    } else if (!this.#edit.touched && by !== null && !isMine) {
      this.note(`${by} stored the same value`);
    }
    this.show();
    this.changed();
  }

  /** What was sent is stored. */
  /** @param sent What was sent and is stored now; what was typed meanwhile stands on it. */
  saved(sent: Value): void {
    const isStill = edit.same(this.type, this.#edit.mine, sent);
    this.#edit = isStill ? edit.start(sent) : edit.set(this.type, edit.start(sent), this.#edit.mine);
    this.suggest(null);
    this.#theirsText = isStill ? this.#shownText() : (sent ?? "empty");
    this.#theirsLabel = isStill ? (this.control?.input.dataset["shown"] ?? null) : null;
    this.error(null);
    this.note(null);
    this.show();
  }

  revert(): void {
    this.#edit = edit.revert(this.#edit);
    this.control?.write(this.#edit.theirs, this.#theirsLabel);
    this.#visited = false;
    this.suggest(null);
    this.error(null);
    this.note(null);
    this.show();
  }

  error(message: string | null): void {
    const place = one("[data-error]", this.element)!;
    place.textContent = message ?? "";
    place.hidden = message === null;
    this.element.toggleAttribute("data-invalid", message !== null);
    this.control?.input.setAttribute("aria-invalid", String(message !== null));
  }

  note(text: string | null): void {
    const place = one("[data-follows]", this.element)!;
    place.textContent = text ?? "";
    place.hidden = text === null;
  }

  show(): void {
    const state = this.isConflict ? "conflict" : this.isModified ? "mine" : "same";
    this.element.dataset["state"] = state;
    one("[data-mark]", this.element)!.hidden = state !== "mine";
    this.#parts.forEach(p => p.remove());
    this.#parts = [];
    if (state === "conflict") {
      this.note(null);
      this.#showConflict();
    }
  }

  #typed(): void {
    if (!this.control) {
      return;
    }
    this.#edit = edit.set(this.type, this.#edit, this.control.read(this.#edit.theirs));
    this.note(null);
    this.error(null);
    this.suggest(null);
    const wasConflict = this.#parts.length > 0;
    if (wasConflict !== this.isConflict || !wasConflict) {
      this.show();
    }
    this.changed();
  }

  #write(value: Value, label: string | null): void {
    if (this.control) {
      this.control.write(value, label);
      return;
    }
    const shown = one("[data-value]", this.element);
    if (shown) {
      shown.textContent = value === null ? "–" : this.#theirsText;
      shown.classList.toggle("dash", value === null);
    }
  }

  #shownText(): string {
    const input = this.control?.input;
    const text = input instanceof HTMLSelectElement ? (input.selectedOptions[0]?.text ?? "")
      : input?.type === "checkbox" ? (this.#edit.mine === "true" ? "Yes" : "No")
      : (input?.dataset["shown"] ?? this.#edit.mine ?? "");
    return text === "" ? "empty" : text;
  }

  #showConflict(): void {
    const control = one("[data-control]", this.element)!;
    const when = this.#at ? `, ${ago(this.#at)},` : "";
    const say = make("p", { className: "conflict-say" }, make("strong", { textContent: this.label }), ` was changed by ${this.#by ?? "somebody"}${when} while you were editing.`);
    say.setAttribute("role", "alert");
    const side = (name: string, text: string, className: string): HTMLElement =>
      make("div", { className }, make("span", { className: "side-name", textContent: name }), make("div", { className: "side-value", textContent: text }));
    const keep = make("button", { type: "button", className: "button main little", textContent: "Keep mine" });
    keep.addEventListener("click", () => {
      this.#edit = edit.keepMine(this.type, this.#edit);
      this.#settle();
    });
    const take = make("button", { type: "button", className: "button little", textContent: "Take theirs" });
    take.addEventListener("click", () => {
      this.#edit = edit.revert(this.#edit);
      this.control?.write(this.#edit.theirs, this.#theirsLabel);
      this.#settle();
    });
    const started = side("Started from", this.#baseText, "conflict-started");
    const yours = make("span", { className: "side-name conflict-yours", textContent: "Yours" });
    const theirs = side("Theirs", this.#theirsText, "conflict-theirs");
    const choose = make("div", { className: "conflict-choose" }, keep, take);
    control.before(say, started, yours);
    control.after(theirs, choose);
    this.#parts = [say, started, yours, theirs, choose];
  }

  #settle(): void {
    this.#baseText = this.#theirsText;
    this.show();
    this.changed();
    this.control?.input.focus();
  }
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
