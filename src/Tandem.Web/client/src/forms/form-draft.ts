// The draft of one form: kept as people type, restored when the page is opened again.

import type { ChildTable } from "./children";
import { dropDraft, dropStored, draftKey, draftSent, keepDraft, readDraft, type DraftField } from "./draft";
import { sayLocked, sayRestored } from "./draft-notice";
import { one } from "../dom";
import type { FieldPanel } from "./field";

const pause = 250;

export class FormDraft {
  readonly #key: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the draft is somebody's to decide about first: then what the form holds does not replace it. */
  #isLocked = false;

  constructor(private readonly form: HTMLFormElement, private readonly fields: readonly FieldPanel[], private readonly children: readonly ChildTable[]) {
    const data = form.dataset;
    this.#key = draftKey(data["database"] ?? "", data["user"] ?? "", data["table"] ?? "", data["record"] === "new" ? null : (data["key"] ?? ""));
    dropStored();
    addEventListener("pagehide", () => this.#keepNow());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.#keepNow());
  }

  /** Brings back what was typed. */
  restore(discarded: () => void): void {
    const draft = readDraft(this.#key);
    if (!draft || this.fields.some(f => f.isModified)) {
      return;
    }
    const discard = (): void => {
      this.#isLocked = false;
      this.drop();
      this.#hide();
      discarded();
    };
    if (this.form.dataset["record"] === "view") {
      this.#isLocked = true;
      sayLocked(this.form, draft, name => this.fields.find(f => f.name === name)?.label ?? name, discard);
      return;
    }
    const locked = Object.keys(draft.fields).filter(name => !this.fields.some(f => f.name === name && f.control));
    if (locked.length > 0) {
      // What was typed into a field that is not this person's any more stays theirs to read; nothing of the draft is taken into the form behind it.
      this.#isLocked = true;
      sayLocked(this.form, draft, name => this.fields.find(f => f.name === name)?.label ?? name, discard, "You may not change all of these fields any more.");
      return;
    }
    for (const field of this.fields) {
      const kept = draft.fields[field.name];
      if (kept) {
        field.restore(kept);
      }
    }
    this.children.forEach(c => c.restore(draft.rows?.[c.table] ?? []));
    if (this.#isWorthKeeping() || (draft.left?.length ?? 0) > 0) {
      sayRestored(this.form, draft, discard);
    } else {
      this.drop();
    }
  }

  /** Something was typed. */
  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keepNow(), pause);
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    dropDraft(this.#key);
    this.#hide();
  }

  /** The form itself goes to the server. */
  sent(): void {
    this.#keepNow();
    draftSent(this.#key);
  }

  #isWorthKeeping(): boolean {
    return this.fields.some(f => f.isModified) || this.children.some(c => c.modified > 0);
  }

  #keepNow(): void {
    clearTimeout(this.#timer);
    if (this.#isLocked) {
      return;
    }
    if (!this.#isWorthKeeping()) {
      if (this.#timer !== undefined) {
        dropDraft(this.#key);
      }
      this.#timer = undefined;
      return;
    }
    this.#timer = undefined;
    const modified = this.fields.filter(f => f.isModified);
    const fields: Record<string, DraftField> = {};
    for (const field of modified.filter(f => !f.control?.needsForm)) {
      fields[field.name] = field.draft;
    }
    keepDraft(this.#key, {
      at: new Date().toISOString(),
      page: location.pathname,
      create: this.form.dataset["create"] ?? null,
      fields,
      rows: Object.fromEntries(this.children.map(c => [c.table, c.drafts()])),
      left: modified.filter(f => f.control?.needsForm).map(f => f.label),
    });
  }

  #hide(): void {
    const place = one("[data-draft]", this.form);
    if (place) {
      place.hidden = true;
    }
  }
}
