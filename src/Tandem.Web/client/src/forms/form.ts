// A record's page: three kinds of news told apart, and saving that never loses what was typed.

import type { ChildTable } from "./children";
import { startChildren } from "./child-table";
import { all, cursorOf, fetchPage, newest, one } from "../dom";
import { offerLost } from "./draft-notice";
import { FieldPanel } from "./field";
import { FormDraft } from "./form-draft";
import { partsOf } from "./form-parts";
import { addHistory, refreshHeading, say, sayGone, startDelete, swap } from "./form-page";
import { onChange, onReset, watchAgain, type LiveChange } from "../live";
import { startPickers } from "./picker";
import { Trial } from "./trial";
import { wireOf } from "../lib/wire";
import type { Part } from "./unit";
import { offerUndo } from "../shell/undo";
import { saveUnit, type Outcome } from "./unit-save";

export function startForm(): void {
  offerLost();
  const form = one<HTMLFormElement>("form[data-record]");
  if (form) {
    startPickers();
    new RecordForm(form).start();
  }
}

class RecordForm {
  readonly #form: HTMLFormElement;
  readonly #fields: FieldPanel[];
  #children: readonly ChildTable[] = [];
  readonly #isNew: boolean;
  readonly #draft: FormDraft;
  readonly #trial: Trial;
  #leaving = false;
  #saving = false;
  #isGone = false;
  /** The newest change that the page was rendered with. The feed may bring it once more. */
  #known = 0;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#isNew = form.dataset["record"] === "new";
    this.#fields = all("[data-field]", form).map(e => new FieldPanel(e, () => this.#count()));
    this.#children = startChildren(form, () => this.#count());
    this.#draft = new FormDraft(form, this.#fields, this.#children);
    this.#trial = new Trial(() => this.#parts(true), () => [...this.#fields, ...this.#children.flatMap(c => c.fields)]);
  }

  start(): void {
    this.#form.noValidate = true;
    this.#form.addEventListener("submit", event => this.#submit(event));
    this.#form.addEventListener("reset", event => {
      event.preventDefault();
      this.#revert();
    });
    for (const place of [this.#form, ...all("[data-children], [data-links]")]) {
      for (const kind of ["input", "change", "keep"]) {
        place.addEventListener(kind, () => this.#typed());
      }
    }
    document.addEventListener("keydown", event => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && this.#form.dataset["record"] !== "view") {
        event.preventDefault();
        this.#form.requestSubmit();
      }
    });
    addEventListener("beforeunload", event => {
      if (!this.#leaving && this.#isModified()) {
        event.preventDefault();
      }
    });
    startDelete(this.#form, () => this.#isGone, () => (this.#leaving = true));
    this.#draft.restore(() => this.#revert());
    this.#count();
    if (!this.#isNew) {
      this.#known = newest(document);
      onChange(change => change.table === this.#form.dataset["liveTable"] && change.key === this.#form.dataset["key"] && this.#hear(change));
      onReset(() => this.#readAgain());
    }
    (one("[data-invalid] :is(input, select, textarea):not([type=hidden])", this.#form) ?? one("[data-state=conflict] :is(input, select, textarea)", this.#form))?.focus();
  }

  #typed(): void {
    if (this.#form.dataset["record"] !== "view" && !this.#isGone) {
      this.#draft.typed();
      this.#trial.ask();
    }
  }

  #revert(): void {
    this.#trial.stop();
    this.#fields.forEach(f => f.revert());
    this.#children.forEach(c => c.revert());
    this.#draft.drop();
    this.#notice(null);
    this.#count();
  }

  #modified(): FieldPanel[] {
    return this.#fields.filter(f => f.isModified);
  }

  #isModified(): boolean {
    return this.#modified().length > 0 || this.#children.some(c => c.modified > 0);
  }

  #count(): void {
    const unsaved = one("[data-unsaved]", this.#form)!;
    const count = this.#modified().length + this.#children.reduce((sum, c) => sum + c.modified, 0);
    const conflicts = this.#fields.filter(f => f.isConflict).length + this.#children.reduce((sum, c) => sum + c.conflicts, 0);
    unsaved.hidden = count === 0 || this.#isNew;
    const text = conflicts > 0 ? `${count} unsaved, ${conflicts} to decide` : `${count} unsaved ${count === 1 ? "change" : "changes"}`;
    if (unsaved.textContent !== text) {
      unsaved.textContent = text;
    }
  }

  #parts(isTrial: boolean): readonly Part[] {
    return partsOf(this.#form, this.#fields, this.#children, isTrial, {
      stored: (record, fields) => this.#learn(record, fields),
      gone: (by, at) => this.#gone(by, at),
    });
  }

  #submit(event: SubmitEvent): void {
    // What a control cannot make a value of reads as empty; it is sent nowhere, but said.
    const sent = this.#fields.filter(f => (this.#isNew ? f.control : f.isModified || f.control?.input.validity.badInput));
    this.#trial.stop();
    if (!this.#check(sent)) {
      event.preventDefault();
      return;
    }
    const hasRows = this.#children.some(c => c.modified > 0);
    if (sent.some(f => f.control?.needsForm && f.isModified) ? !hasRows : this.#isNew && !hasRows) {
      // The form itself carries files and what it alone can guard.
      this.#draft.sent();
      this.#leaving = true;
      return;
    }
    event.preventDefault();
    if (sent.some(f => f.control?.needsForm && f.isModified)) {
      this.#notice("A file and lines cannot be saved together. Save the lines first, then choose the file.", true);
    } else if (!this.#saving && !this.#isGone) {
      void this.#save(sent.length === 0 && !hasRows);
    }
  }

  #check(sent: readonly FieldPanel[]): boolean {
    const undecided = this.#fields.find(f => f.isConflict)?.element ?? this.#children.map(c => c.undecided()).find(e => e !== null);
    if (undecided) {
      this.#notice("Decide the marked fields first: keep yours or take theirs.", true);
      one("button", undecided)?.focus();
      return false;
    }
    let first: FieldPanel | undefined;
    for (const field of sent) {
      const message = field.fault;
      field.error(message);
      first ??= message ? field : undefined;
    }
    for (const child of this.#children) {
      const fault = child.fault();
      first ??= fault;
    }
    first?.control?.input.focus();
    if (first) {
      this.#notice("Nothing is saved yet. See the marked fields.", true);
    }
    return !first;
  }

  async #save(isEmpty: boolean): Promise<void> {
    if (isEmpty) {
      this.#notice("Nothing to save.");
      return;
    }
    this.#saving = true;
    const buttons = all<HTMLButtonElement>("[data-save]");
    buttons.forEach(b => b.setAttribute("aria-disabled", "true"));
    const outcome = await saveUnit(this.#parts(false), key => this.#created(key));
    this.#saving = false;
    buttons.forEach(b => b.removeAttribute("aria-disabled"));
    this.#outcome(outcome);
    this.#count();
  }

  #outcome(outcome: Outcome): void {
    switch (outcome.kind) {
      case "saved":
        this.#fields.forEach(f => f.note(null));
        this.#draft.drop();
        // What was typed while it was saved is a new draft.
        this.#draft.typed();
        this.#notice("Saved.");
        offerUndo(outcome.operation, "Saved.");
        void refreshHeading();
        break;
      case "conflict":
        this.#notice("Others changed the same fields. Nothing is saved yet: decide below, then save.", true);
        one("[data-state=conflict], [data-row-state=gone]")?.scrollIntoView({ block: "center" });
        break;
      case "refused":
        for (const error of outcome.errors) {
          this.#fields.find(f => f.name === error.field)?.error(error.message);
        }
        this.#notice(outcome.errors.some(e => !this.#fields.some(f => f.name === e.field)) ? `${outcome.text} ${outcome.errors.map(e => e.message).join(" ")}` : outcome.text, true);
        one("[data-invalid] :is(input, select, textarea):not([type=hidden])")?.focus();
        break;
    }
  }

  /** A new record is stored with its children: its own page goes on from here. */
  #created(key: string): void {
    this.#leaving = true;
    this.#draft.drop();
    location.href = `${this.#form.dataset["list"]!}/${encodeURI(key)}?did=create`;
  }

  /** What the server stored counts, also where it is not what was sent. */
  #learn(stored: Readonly<Record<string, unknown>>, sent: readonly FieldPanel[]): void {
    for (const field of this.#fields) {
      if (field.name in stored && field.element.dataset["kind"] !== "Blob" && field.element.dataset["kind"] !== "Misfit") {
        const wire = wireOf(field.type, stored[field.name]);
        field.follow(wire, wire ?? "", null, null, null);
        if (sent.includes(field)) {
          field.note(null);
        }
      }
    }
  }

  #hear(change: LiveChange): void {
    if (change.sequence <= this.#known) {
      return;
    }
    if (change.kind === "delete") {
      this.#gone(change.by, change.at);
      return;
    }
    if (change.kind === "insert") {
      this.#notice("This record is there again. Reload the page to work on it.", true);
      return;
    }
    for (const [name, field] of Object.entries(change.fields ?? {})) {
      const panel = this.#fields.find(f => f.name === name);
      const wire = panel?.element.dataset["kind"] === "Instant" ? (field.input?.replace(/Z$/, "") ?? null) : field.input;
      panel?.follow(wire, field.label ?? field.text, field.label, change.by, change.at, this.#saving);
    }
    addHistory(change);
    void refreshHeading();
  }

  #gone(by: string | null, at: string | null): void {
    if (this.#isGone) {
      return;
    }
    this.#isGone = true;
    sayGone(this.#form, by, at, () => {
      this.#draft.sent();
      this.#leaving = true;
    });
  }

  async #readAgain(): Promise<void> {
    const page = await fetchPage().catch(() => null);
    if (!page) {
      const answer = await fetch(this.#form.dataset["api"]!, { headers: { "X-Tandem": "1" } }).catch(() => null);
      if (answer?.status === 404) {
        this.#gone(null, null);
      }
      return;
    }
    this.#known = newest(page);
    for (const element of all("form[data-record] [data-field]", page)) {
      const value = JSON.parse(element.dataset["base"] ?? "null") as string | null;
      const label = one("[data-picker]", element)?.dataset["labelText"] ?? null;
      this.#fields.find(f => f.name === element.dataset["field"])?.follow(value, label ?? value ?? "", label, null, null);
    }
    this.#children.forEach(c => c.readAgain(page));
    swap(page, ["[data-history]", "[data-heading]"]);
    await watchAgain(cursorOf(page));
  }

  #notice(text: string | null, isBad = false): void {
    say(this.#form, text, isBad);
  }
}
