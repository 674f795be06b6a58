// Who is in which field. Entering a field shows one's name to others; where a field may be changed by one person at a time,
// the others wait, or take it over.

import { all, announce, make, one, withData } from "../dom";
import { enterField, holderOf, leaveField, onLease, type LeaseMessage } from "./lease";
import { connection } from "../live";

/** Long enough to pass through a field by Tab without telling, short enough to be seen at once. */
const linger = 60;
const again = 2000;
const control = "[data-control] :is(input, select, textarea):not([type=hidden])";

/** Begins on a record's page. */
export function startPresence(): void {
  const form = one<HTMLFormElement>("form[data-record=edit]");
  if (form?.dataset["liveTable"] && form.dataset["key"]) {
    new Presence(form, form.dataset["liveTable"], form.dataset["key"]).start();
  }
}

class Presence {
  readonly #held = new Map<string, LeaseMessage>();
  readonly #me = document.body.dataset["user"] ?? "";
  readonly #mayFree = "administers" in document.body.dataset;
  #in: string | null = null;
  #isShowing = false;
  /** The field in which somebody took over: who lost it comes back to it, not the page by itself. */
  #lost: string | null = null;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly form: HTMLFormElement, private readonly table: string, private readonly key: string) {}

  start(): void {
    this.form.addEventListener("focusin", event => this.#enter(fieldOf(event.target)));
    this.form.addEventListener("focusout", event => {
      // The page itself takes the button away that has the focus: that is no leaving.
      if (!this.#isShowing && fieldOf((event as FocusEvent).relatedTarget) !== this.#in) {
        this.#leave();
      }
    });
    onLease(message => {
      if (message.table === this.table && message.key === this.key) {
        this.#hear(message);
      }
    });
    connection.onState(state => {
      if (state === "live") {
        // The server forgot what this page held when the connection broke.
        this.#again();
      } else if (this.#held.size > 0) {
        // Who is where is not known without the server.
        this.#held.clear();
        all("[data-field]", this.form).forEach(f => this.#show(f.dataset["field"]!));
      }
    });
  }

  #enter(field: string | null): void {
    if (field === null || field === this.#in || !one(`[data-field]${withData("field", field)}[data-editable]`, this.form)) {
      return;
    }
    this.#leave();
    this.#lost = null;
    this.#in = field;
    this.#waiting = setTimeout(() => void this.#ask(field, false), linger);
  }

  #leave(): void {
    clearTimeout(this.#waiting);
    const left = this.#in;
    this.#in = null;
    if (left !== null) {
      leaveField(this.table, this.key, left);
    }
  }

  #again(): void {
    if (this.#in !== null) {
      void this.#ask(this.#in, false);
    }
  }

  async #ask(field: string, takeOver: boolean): Promise<void> {
    const answer = await enterField(this.table, this.key, field, takeOver);
    if (answer?.reason && takeOver) {
      announce(answer.reason);
    }
    if (answer && !answer.isMine && answer.reason === null && answer.owner !== null && !this.#held.has(field)) {
      // The store knows no better yet who holds it.
      setTimeout(() => this.#in === field && void this.#ask(field, false), again);
    }
    if (answer?.isMine && this.#in !== field) {
      // The person went on before the answer came.
      leaveField(this.table, this.key, field);
    }
  }

  #hear(message: LeaseMessage): void {
    const before = this.#held.get(message.field);
    if (message.owner === null) {
      this.#held.delete(message.field);
    } else {
      this.#held.set(message.field, message);
    }
    if (before?.isMine && message.owner !== null && !message.isMine) {
      this.#lost = message.field;
      announce(`${message.owner} took over ${this.#label(message.field)}. What you typed stays here.`);
    }
    this.#show(message.field);
    if (message.owner === null && this.#in === message.field && this.#lost !== message.field) {
      this.#again();
    }
  }

  #show(name: string): void {
    const field = one(`[data-field]${withData("field", name)}`, this.form);
    const lease = this.#held.get(name);
    const other = lease && !lease.isMine ? lease : null;
    const who = one("[data-who]", field ?? undefined);
    const wasHere = who?.contains(document.activeElement) === true;
    this.#isShowing = true;
    who?.remove();
    this.#isShowing = false;
    if (field) {
      field.toggleAttribute("data-leased", other !== null);
      const isLocked = other?.isEnforced === true;
      for (const input of all<HTMLInputElement>("[data-control] :is(input, select, textarea, button)", field)) {
        if (isLocked !== input.hasAttribute("data-locked")) {
          input.toggleAttribute("data-locked", isLocked);
          input.disabled = isLocked;
        }
      }
      if (other) {
        one(".field-head", field)?.append(this.#who(name, other));
      }
      if (wasHere) {
        (one("[data-who] button", field) ?? one(control, field))?.focus();
      }
    }
    this.#summarize();
  }

  #who(name: string, lease: LeaseMessage): HTMLElement {
    const says = holderOf(lease);
    const who = make("span", { className: "who" }, make("span", { className: "who-dot", ariaHidden: "true" }), lease.isEnforced ? `${says} is changing this` : says);
    who.dataset["who"] = lease.owner!;
    if (lease.isEnforced) {
      const take = make("button", { type: "button", className: "button little", textContent: "Take over" });
      take.addEventListener("click", () => {
        clearTimeout(this.#waiting);
        this.#in = name;
        void this.#ask(name, true);
      });
      who.append(" ", take);
      if (this.#mayFree) {
        const free = make("button", { type: "button", className: "button little", textContent: "Release" });
        free.addEventListener("click", () => void connection.invoke("Free", this.table, this.key, name).catch(() => {}));
        who.append(" ", free);
      }
    }
    return who;
  }

  /** Who is on this record, said once at the top of the page. */
  #summarize(): void {
    const path = one("nav[aria-label=Path]");
    let place = one("[data-presence]");
    const others = [...this.#held.values()].filter(l => !l.isMine && l.owner !== this.#me);
    if (!place && path && others.length > 0) {
      place = make("p", { className: "presence" });
      place.dataset["presence"] = "";
      place.setAttribute("role", "status");
      path.append(place);
    }
    const says = others.map(l => `${l.owner!} is in ${this.#label(l.field)}`).join(", ");
    if (place && place.textContent !== says) {
      place.textContent = says;
      place.hidden = says === "";
    }
  }

  #label(name: string): string {
    return one(`[data-field]${withData("field", name)}`, this.form)?.dataset["label"] ?? name;
  }
}

const fieldOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest<HTMLElement>("[data-field][data-editable]")?.dataset["field"] ?? null) : null;
