// One record that belongs to the one on the page: its cells under edit, and what others do to it.

import { ago } from "../shell/ago";
import { fill, rename } from "./child-cells";
import { all, make, one } from "../dom";
import type { DraftRow } from "./draft";
import { FieldPanel } from "./field";
import type { LiveChange } from "../live";
import { startPickers } from "./picker";
import { wireOf } from "../lib/wire";
import { objectOf, sentOf, type Part } from "./unit";

export interface RowOwner {
  readonly table: string;
  readonly blank: DocumentFragment;
  readonly mayChange: boolean;
  readonly mayDelete: boolean;
  readonly isMovable: boolean;
  /** The fields that refer to the record, as JSON members. */
  reference(parent: string | null): string;
  changed(): void;
  remove(row: ChildRow): void;
  /** A new row has its key now. */
  stored(row: ChildRow): void;
  move(row: ChildRow, by: number): void;
}

let number = 0;

export class ChildRow {
  key: string | null;
  readonly fields: FieldPanel[] = [];
  isRemoved = false;
  isGone = false;
  readonly #acts: HTMLElement;
  #say: HTMLTableRowElement | null = null;

  constructor(private readonly owner: RowOwner, readonly element: HTMLTableRowElement) {
    this.key = element.dataset["key"] ?? null;
    const blanks = all(".cell", owner.blank);
    const suffix = `-r${++number}`;
    blanks.forEach((blank, i) => {
      const cell = all<HTMLTableCellElement>("td[data-of]", element)[i] ?? element.insertBefore(make("td"), one(".child-acts", element));
      const panel = blank.cloneNode(true) as HTMLElement;
      cell.classList.toggle("right", "number" in panel.dataset);
      rename(panel, suffix);
      panel.toggleAttribute("data-insertable", "editable" in panel.dataset);
      if (this.key !== null) {
        panel.dataset["base"] = cell.dataset["base"] ?? "null";
        panel.dataset["kind"] = cell.dataset["kind"] ?? panel.dataset["kind"];
        const place = one("[data-picker]", panel);
        if (place && cell.dataset["labelText"] !== undefined) {
          place.dataset["labelText"] = cell.dataset["labelText"];
        }
        if (!owner.mayChange || !("editable" in cell.dataset) || cell.dataset["kind"] === "Misfit") {
          delete panel.dataset["editable"];
          const shown = make("div", { className: "value", textContent: cell.textContent ?? "" });
          shown.dataset["value"] = "";
          one("[data-control]", panel)!.replaceChildren(shown);
        }
      }
      cell.replaceChildren(panel);
      startPickers(panel);
      if (this.key !== null) {
        fill(panel, cell.dataset["labelText"] ?? null);
      }
      this.fields.push(new FieldPanel(panel, () => this.#changed()));
    });
    this.#acts = one(".child-acts", element) ?? element.appendChild(make("td", { className: "child-acts" }));
    this.#showActs();
    this.#changed();
  }

  get isNew(): boolean {
    return this.key === null;
  }

  get isTouched(): boolean {
    return this.isNew || this.isRemoved || this.fields.some(f => f.isModified);
  }

  get conflicts(): number {
    return this.isGone ? 1 : this.isRemoved ? 0 : this.fields.filter(f => f.isConflict).length;
  }

  field(name: string): FieldPanel | undefined {
    return this.fields.find(f => f.name === name);
  }

  part(parent: string | null, isTrial: boolean): Part | null {
    if (!this.isTouched || this.isGone) {
      return null;
    }
    // A key stands fast in a stored row; one that is added again brings it along.
    const ready = (f: FieldPanel): boolean => (f.control !== null || (this.isNew && "insertable" in f.element.dataset)) && (!isTrial || f.fault === null);
    const fields = this.isRemoved ? [] : this.fields.filter(f => ready(f) && (this.isNew ? f.mine !== null : f.isModified));
    if (!this.isNew && !this.isRemoved && fields.length === 0) {
      return null;
    }
    const table = JSON.stringify(this.owner.table);
    const values = objectOf(fields, f => f.mine);
    const known = this.fields.filter(f => f.element.dataset["kind"] !== "Misfit" && f.type !== "Other");
    const sent = sentOf(fields);
    return {
      json: this.isNew
        ? `{"table":${table},"insert":{${[this.owner.reference(parent), values.slice(1, -1)].filter(p => p !== "").join(",")}}}`
        : this.isRemoved
          ? `{"table":${table},"key":${JSON.stringify(this.key)},"delete":true,"base":${objectOf(known, f => f.theirs)}}`
          : `{"table":${table},"key":${JSON.stringify(this.key)},"set":${values},"base":${objectOf(fields, f => (isTrial && f.isConflict ? f.theirs : f.base))}}`,
      sent,
      field: name => this.field(name),
      saved: result => this.#saved(result.key, result.record ?? null, sent),
      gone: (by, at) => this.goneBy(by, at),
    };
  }

  /** Somebody changed it. */
  follow(change: Pick<LiveChange, "fields" | "by" | "at">): void {
    for (const [name, news] of Object.entries(change.fields ?? {})) {
      const panel = this.field(name);
      const wire = panel?.element.dataset["kind"] === "Instant" ? (news.input?.replace(/Z$/, "") ?? null) : news.input;
      panel?.follow(wire, news.label ?? news.text, news.label, change.by, change.at);
    }
  }

  /** Somebody deleted it. Where nothing was typed it goes; else the person decides. */
  goneBy(by: string | null, at: string | null): void {
    if (this.isGone) {
      return;
    }
    if (this.isRemoved || !this.isTouched) {
      this.owner.remove(this);
      return;
    }
    this.isGone = true;
    const drop = this.#button("Remove it", "main", () => this.owner.remove(this));
    const again = this.#button("Add it again as new", "", () => this.#becomeNew());
    const cell = make("td", { colSpan: this.element.cells.length }, `${by ?? "Somebody"} deleted this line${at ? ` ${ago(at)}` : ""}. `, drop, " ", again);
    cell.setAttribute("role", "alert");
    this.#say = make("tr", { className: "child-say" }, cell);
    this.element.after(this.#say);
    this.#changed();
  }

  removeElement(): void {
    this.#say?.remove();
    this.element.remove();
  }

  get saying(): HTMLElement | null {
    return this.#say ?? this.fields.find(f => f.isConflict)?.element ?? null;
  }

  revert(): void {
    this.isRemoved = false;
    this.fields.forEach(f => f.revert());
    this.#showActs();
    this.#changed();
  }

  get draft(): DraftRow {
    const fields = this.fields.filter(f => (this.isNew ? f.control && f.mine !== null : f.isModified));
    return { key: this.key, removed: this.isRemoved, fields: Object.fromEntries(fields.map(f => [f.name, f.draft])) };
  }

  restore(draft: DraftRow): void {
    for (const [name, kept] of Object.entries(draft.fields)) {
      this.field(name)?.restore(kept);
    }
    if (draft.removed) {
      this.#toggle();
    }
    this.#changed();
  }

  focus(): void {
    this.fields.find(f => f.control)?.control!.input.focus();
  }

  #saved(key: string, record: Readonly<Record<string, unknown>> | null, sent: Part["sent"]): void {
    if (this.isRemoved || !record) {
      this.owner.remove(this);
      return;
    }
    this.key = key;
    this.element.dataset["key"] = key;
    this.owner.stored(this);
    sent.forEach(({ mine }, f) => f.saved(mine));
    for (const field of this.fields.filter(f => f.name in record)) {
      const wire = wireOf(field.type, record[field.name]);
      field.follow(wire, wire ?? "", null, null, null);
      field.note(null);
    }
    this.#showActs();
    this.#changed();
  }

  #becomeNew(): void {
    this.key = null;
    this.isGone = false;
    delete this.element.dataset["key"];
    this.#say?.remove();
    this.#say = null;
    this.#showActs();
    this.#changed();
    this.element.dispatchEvent(new Event("keep", { bubbles: true }));
    this.focus();
  }

  #toggle(): void {
    if (this.isNew) {
      this.owner.remove(this);
      return;
    }
    this.isRemoved = !this.isRemoved;
    this.#showActs();
    this.#changed();
  }

  #showActs(): void {
    const label = this.element.dataset["label"] ?? "this line";
    const link = one("a", this.#acts);
    const acts: Node[] = [];
    if (this.owner.isMovable && !this.isRemoved) {
      for (const [sign, words, by] of [["↑", "Move up", -1], ["↓", "Move down", 1]] as const) {
        const button = this.#button(sign, "plain", () => this.owner.move(this, by));
        button.setAttribute("aria-label", `${words}: ${label}`);
        button.dataset["move"] = String(by);
        acts.push(button);
      }
    }
    if (this.owner.mayDelete || this.isNew) {
      const button = this.#button(this.isRemoved ? "Put back" : "Remove", "plain", () => {
        this.#toggle();
        one("button", this.#acts)?.focus();
        this.element.dispatchEvent(new Event("keep", { bubbles: true }));
      });
      button.setAttribute("aria-label", `${button.textContent}: ${label}`);
      acts.push(button);
    }
    this.#acts.replaceChildren(...(link && !this.isNew ? [link] : []), ...acts);
  }

  #button(text: string, kind: string, act: () => void): HTMLButtonElement {
    const button = make("button", { type: "button", className: `button little ${kind}`, textContent: text });
    button.addEventListener("click", act);
    return button;
  }

  #changed(): void {
    const state = this.isGone ? "gone" : this.isRemoved ? "removed" : this.isNew ? "new" : this.fields.some(f => f.isModified) ? "mine" : "same";
    this.element.dataset["rowState"] = state;
    for (const field of this.fields) {
      field.control?.input.toggleAttribute("disabled", this.isRemoved);
    }
    this.owner.changed();
  }
}
