// A record's page: three kinds of news told apart, and saving that never loses what was typed.

import { ago } from "./ago";
import { all, announce, cursorOf, fetchPage, make, newest, one } from "./dom";
import { FieldPanel } from "./field";
import { jsonError } from "./json";
import { onChange, onReset, watchAgain, type LiveChange } from "./live";
import { startPickers } from "./picker";
import { save, wireOf } from "./save";

export function startForm(): void {
  const form = one<HTMLFormElement>("form[data-record]");
  if (form) {
    startPickers();
    new RecordForm(form).start();
  }
}

class RecordForm {
  readonly #form: HTMLFormElement;
  readonly #fields: FieldPanel[];
  readonly #isNew: boolean;
  #leaving = false;
  #saving = false;
  #isGone = false;
  /** The newest change that the page was rendered with. The feed may bring it once more. */
  #known = 0;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#isNew = form.dataset["record"] === "new";
    this.#fields = all("[data-field]", form).map(e => new FieldPanel(e, () => this.#count()));
  }

  start(): void {
    this.#form.noValidate = true;
    this.#form.addEventListener("submit", event => this.#submit(event));
    this.#form.addEventListener("reset", event => {
      event.preventDefault();
      this.#fields.forEach(f => f.revert());
      this.#notice(null);
      this.#count();
    });
    document.addEventListener("keydown", event => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && this.#form.dataset["record"] !== "view") {
        event.preventDefault();
        this.#form.requestSubmit();
      }
    });
    addEventListener("beforeunload", event => {
      if (!this.#leaving && this.#modified().length > 0) {
        event.preventDefault();
      }
    });
    this.#startDelete();
    this.#count();
    if (!this.#isNew) {
      this.#known = newest(document);
      onChange(change => change.table === this.#form.dataset["liveTable"] && change.key === this.#form.dataset["key"] && this.#hear(change));
      onReset(() => this.#readAgain());
    }
    (one("[data-invalid] :is(input, select, textarea):not([type=hidden])", this.#form) ?? one("[data-state=conflict] :is(input, select, textarea)", this.#form))?.focus();
  }

  #modified(): FieldPanel[] {
    return this.#fields.filter(f => f.isModified);
  }

  #count(): void {
    const unsaved = one("[data-unsaved]", this.#form)!;
    const count = this.#modified().length;
    const conflicts = this.#fields.filter(f => f.isConflict).length;
    unsaved.hidden = count === 0 || this.#isNew;
    const text = conflicts > 0 ? `${count} unsaved, ${conflicts} to decide` : `${count} unsaved ${count === 1 ? "change" : "changes"}`;
    if (unsaved.textContent !== text) {
      unsaved.textContent = text;
    }
  }

  #submit(event: SubmitEvent): void {
    // What a control cannot make a value of reads as empty; it is sent nowhere, but said.
    const sent = this.#fields.filter(f => (this.#isNew ? f.control : f.isModified || f.control?.input.validity.badInput));
    if (!this.#check(sent)) {
      event.preventDefault();
      return;
    }
    if (this.#isNew || sent.some(f => f.control?.needsForm)) {
      // The form itself carries files and what it alone can guard.
      this.#leaving = true;
      return;
    }
    event.preventDefault();
    if (!this.#saving && !this.#isGone) {
      void this.#save(sent);
    }
  }

  #check(sent: readonly FieldPanel[]): boolean {
    const undecided = this.#fields.find(f => f.isConflict);
    if (undecided) {
      this.#notice("Decide the marked fields first: keep yours or take theirs.", true);
      one("button", undecided.element)?.focus();
      return false;
    }
    let first: FieldPanel | undefined;
    for (const field of sent) {
      const input = field.control!.input;
      const message = input.checkValidity() ? jsonError(field) : input.validationMessage;
      field.error(message);
      first ??= message ? field : undefined;
    }
    first?.control?.input.focus();
    if (first) {
      this.#notice("Nothing is saved yet. See the marked fields.", true);
    }
    return !first;
  }

  async #save(sent: readonly FieldPanel[]): Promise<void> {
    if (sent.length === 0) {
      this.#notice("Nothing to save.");
      return;
    }
    this.#saving = true;
    const button = one<HTMLButtonElement>("[data-save]", this.#form);
    button?.setAttribute("aria-disabled", "true");
    const outcome = await save(this.#form.dataset["api"]!, sent);
    this.#saving = false;
    button?.removeAttribute("aria-disabled");
    switch (outcome.kind) {
      case "saved":
        this.#fields.forEach(f => f.note(null));
        sent.forEach(f => f.saved());
        this.#learn(outcome.stored);
        this.#notice("Saved.");
        void this.#refreshHeading();
        break;
      case "conflict":
        for (const conflict of outcome.conflicts) {
          const field = this.#fields.find(f => f.name === conflict.field);
          const theirs = wireOf(field?.type ?? "", conflict.theirs);
          field?.follow(theirs, theirs ?? "", null, conflict.by, conflict.at);
        }
        this.#notice("Others changed the same fields. Nothing is saved yet: decide below, then save.", true);
        one("[data-state=conflict]", this.#form)?.scrollIntoView({ block: "center" });
        break;
      case "gone":
        this.#gone(null, null);
        break;
      case "refused":
        for (const error of outcome.errors) {
          this.#fields.find(f => f.name === error.field)?.error(error.message);
        }
        this.#notice(outcome.errors.some(e => !this.#fields.some(f => f.name === e.field)) ? `${outcome.text} ${outcome.errors.map(e => e.message).join(" ")}` : outcome.text, true);
        one("[data-invalid] :is(input, select, textarea):not([type=hidden])", this.#form)?.focus();
        break;
    }
    this.#count();
  }

  /** What the server stored counts, also where it is not what was sent. */
  #learn(stored: Readonly<Record<string, unknown>>): void {
    for (const field of this.#fields) {
      if (field.name in stored && field.element.dataset["kind"] !== "Blob" && field.element.dataset["kind"] !== "Misfit") {
        const wire = wireOf(field.type, stored[field.name]);
        field.follow(wire, wire ?? "", null, null, null);
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
    this.#addHistory(change);
    void this.#refreshHeading();
  }

  #addHistory(change: LiveChange): void {
    const list = one("[data-history]");
    one("[data-no-history]", list ?? undefined)?.remove();
    const item = make("li", { className: "fresh" }, make("span", { className: "strong", textContent: change.by }), " ");
    for (const field of Object.values(change.fields ?? {})) {
      const line = make("span", { className: "change" }, `${field.name} `);
      if (field.before !== null) {
        line.append(make("span", { className: "was", textContent: field.before || "empty" }), " → ");
      }
      line.append(field.label ?? (field.text || "empty"));
      item.append(line);
    }
    const time = make("time", { dateTime: change.at, textContent: ago(change.at), title: change.at });
    time.dataset["ago"] = "";
    item.append(time);
    list?.prepend(item);
  }

  #gone(by: string | null, at: string | null): void {
    this.#isGone = true;
    const who = by ? `${by} deleted this record${at ? ` ${ago(at)}` : ""}.` : "This record was deleted.";
    this.#notice(`${who} What you typed stays here. `, true);
    this.#offerNew();
    for (const button of all<HTMLButtonElement>("[data-save], [data-delete]", this.#form)) {
      button.setAttribute("aria-disabled", "true");
    }
  }

  /** What was typed can become a new record: the same form goes to the page that makes one. */
  #offerNew(): void {
    const address = this.#form.dataset["create"];
    if (!address) {
      return;
    }
    const button = make("button", { type: "button", className: "button little", textContent: "Make a new record of it" });
    button.addEventListener("click", () => {
      this.#leaving = true;
      this.#form.action = address;
      this.#form.submit();
    });
    one("[data-notice]", this.#form)!.append(button);
  }

  async #readAgain(): Promise<void> {
    const page = await fetchPage().catch(() => null);
    if (!page) {
      const answer = await fetch(this.#form.dataset["api"]!, { headers: { "X-Tandem": "1" } }).catch(() => null);
      if (answer?.status === 404 && !this.#isGone) {
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
    this.#swap(page, ["[data-history]", "[data-heading]"]);
    await watchAgain(cursorOf(page));
  }

  async #refreshHeading(): Promise<void> {
    const page = await fetchPage().catch(() => null);
    if (page) {
      this.#swap(page, ["[data-heading]", ".crumbs li:last-child"]);
      document.title = page.title;
      const base = page.querySelector<HTMLInputElement>("input[name=base]");
      if (base) {
        all<HTMLInputElement>("[data-delete-dialog] input[name=base]").forEach(i => (i.value = base.value));
      }
    }
  }

  #swap(page: Document, selectors: readonly string[]): void {
    for (const selector of selectors) {
      const [fresh, old] = [page.querySelector(selector), one(selector)];
      if (fresh && old) {
        old.replaceChildren(...fresh.childNodes);
      }
    }
  }

  #notice(text: string | null, isBad = false): void {
    const notice = one("[data-notice]", this.#form)!;
    notice.hidden = text === null;
    notice.textContent = text ?? "";
    notice.classList.toggle("bad", isBad);
    notice.classList.toggle("good", !isBad);
    if (text) {
      announce(text);
    }
  }

  #startDelete(): void {
    const dialog = one<HTMLDialogElement>("[data-delete-dialog]");
    one("[data-delete]", this.#form)?.addEventListener("click", event => {
      if (dialog) {
        event.preventDefault();
        if (!this.#isGone) {
          dialog.showModal();
        }
      }
    });
    one("[data-close]", dialog ?? undefined)?.addEventListener("click", () => dialog?.close());
    dialog?.addEventListener("submit", () => (this.#leaving = true));
  }
}
