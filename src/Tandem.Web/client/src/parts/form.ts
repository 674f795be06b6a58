// <form data-live="form" data-table="orders" data-key="5">: the inputs with a data-field are one edit of the record, saved
// together. Without a key each submit adds a record.

import { make, one } from "../dom";
import type { RecordEdit } from "../lib/record";
import type { Tandem } from "../lib/tandem";
import { BoundField } from "./bound";
import { isInput, read, write, type Input } from "./input";

/** Makes a form live. @returns What ends it. */
export function startForm(tandem: Tandem, form: HTMLFormElement): () => void {
  const { table, key } = form.dataset;
  const part = new LiveForm(tandem, form, table ?? "");
  void part.open(key ?? null);
  return () => part.close();
}

/** The controls of a form that carry fields of its record; those in lists within it belong to their rows. */
export const inputsOf = (form: HTMLElement): Input[] =>
  [...form.querySelectorAll("[data-field]")].filter((e): e is Input => isInput(e) && e.closest("[data-live=form], [data-live=list]") === form);

class LiveForm {
  #edit: RecordEdit | null = null;
  #fields: BoundField[] = [];
  #isEnded = false;
  readonly #fixed: ReadonlyMap<Input, string | null>;
  readonly #submit = (event: Event): void => {
    event.preventDefault();
    void this.#save();
  };
  /** The browser asks before it throws away what was typed. */
  readonly #leave = (event: Event): void => {
    if (this.#edit && this.#fields.some(f => this.#edit!.modified.includes(f.field))) {
      event.preventDefault();
    }
  };
  readonly #reset = (event: Event): void => {
    event.preventDefault();
    this.#edit?.revert();
    this.#fields.forEach(f => f.error(null));
    this.#say("");
  };
  /** Controls typed in before the record was read. */
  readonly #early = new Set<EventTarget>();
  readonly #input = (event: Event): void => {
    if (this.#edit === null && event.target) {
      this.#early.add(event.target);
    }
    this.#fields.find(f => f.input === event.target)?.typed();
  };

  constructor(private readonly tandem: Tandem, private readonly form: HTMLFormElement, private readonly table: string) {
    this.#fixed = new Map(inputsOf(form).filter(i => i instanceof HTMLInputElement && i.type === "hidden").map(i => [i, read(i)]));
    form.noValidate = true;
    form.addEventListener("submit", this.#submit);
    form.addEventListener("reset", this.#reset);
    form.addEventListener("input", this.#input);
    form.addEventListener("change", this.#input);
    addEventListener("beforeunload", this.#leave);
  }

  async open(key: string | null): Promise<void> {
    let edit: RecordEdit;
    try {
      edit = key === null ? await this.tandem.new(this.table) : await this.tandem.edit(this.table, key);
    } catch (error) {
      this.#say((error as Error).message);
      return;
    }
    if (this.#isEnded) {
      edit.close();
      return;
    }
    this.#edit = edit;
    // What was typed into a new record's form before it was ready counts.
    const typed = key === null ? inputsOf(this.form).filter(i => read(i) !== null && !this.#fixed.has(i)) : [];
    const values = typed.map(i => [i.dataset["field"]!, read(i)] as const);
    this.#fixed.forEach((value, input) => edit.set(input.dataset["field"]!, value));
    values.forEach(([field, value]) => edit.set(field, value));
    this.#fields = inputsOf(this.form).filter(i => !this.#fixed.has(i) && edit.fields.includes(i.dataset["field"]!)).map(i => new BoundField(i, i.dataset["field"]!, edit, this.#early.has(i)));
    this.#early.clear();
    edit.on(event => {
      if (event.kind === "gone") {
        this.#say(`${event.by ?? "Somebody"} deleted this record. What you typed stays here.`);
      }
      this.#fields.filter(f => event.kind !== "changed" || event.fields.includes(f.field)).forEach(f => f.show(event.by));
      this.form.dataset["state"] = edit.isGone ? "gone" : edit.conflicts.length > 0 ? "conflict" : edit.modified.length > 0 ? "mine" : "same";
    });
    this.form.dataset["state"] = "same";
  }

  close(): void {
    this.#isEnded = true;
    this.#edit?.close();
    this.#fields.forEach(f => f.close());
    this.form.removeEventListener("submit", this.#submit);
    this.form.removeEventListener("reset", this.#reset);
    this.form.removeEventListener("input", this.#input);
    this.form.removeEventListener("change", this.#input);
    removeEventListener("beforeunload", this.#leave);
  }

  async #save(): Promise<void> {
    const edit = this.#edit;
    if (!edit) {
      this.#say("The form is not ready yet. Try again in a moment.");
      return;
    }
    const wrong = this.#fields.filter(f => !f.input.checkValidity());
    wrong.forEach(f => f.error(f.input.validationMessage));
    if (wrong[0]) {
      wrong[0].input.focus();
      return;
    }
    const isNew = edit.key === null;
    const outcome = await edit.save();
    switch (outcome.kind) {
      case "saved":
        this.form.dispatchEvent(new CustomEvent("tandem:saved", { bubbles: true, detail: outcome }));
        if (isNew) {
          edit.close();
          this.#fields.forEach(f => f.close());
          // The next record starts with an empty form; who typed on meanwhile keeps that.
          this.#fields.forEach(f => write(f.input, edit.modified.includes(f.field) ? edit.get(f.field) : null));
          await this.open(null);
          this.#say("");
        } else {
          this.#say("Saved.");
        }
        break;
      case "conflict":
        this.#say("Others changed the same fields. Nothing is saved yet: decide, then save.");
        break;
      case "gone":
        this.#say("This record was deleted. What you typed stays here.");
        break;
      case "refused":
        for (const error of outcome.errors) {
          this.#fields.find(f => f.field === error.field)?.error(error.message);
        }
        this.#say(outcome.errors.some(e => !this.#fields.some(f => f.field === e.field)) ? outcome.errors.map(e => e.message).join(" ") : outcome.text);
        break;
    }
  }

  #say(text: string): void {
    let notice = one("[data-live-notice]", this.form);
    if (!notice) {
      notice = make("p", { className: "live-notice" });
      notice.dataset["liveNotice"] = "";
      notice.setAttribute("role", "status");
      this.form.append(notice);
    }
    notice.textContent = text;
  }
}
