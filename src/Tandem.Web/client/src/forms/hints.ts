// What fields have to say while a form is filled in: asked of the server, or of a module of the page.

import { all, make, one, withData } from "../dom";
import { read as readControl } from "../parts/input";
import type { Value } from "../edit";

interface Hint {
  readonly text?: string | null;
  readonly suggestion?: string | null;
  readonly values?: Readonly<Record<string, string | null>>;
}

type Handler = (value: Value, values: Readonly<Record<string, Value>>, signal: AbortSignal) => Promise<Hint | null> | Hint | null;

const pause = 250;

/** Begins on a record's page. */
export function startHints(): void {
  const form = one<HTMLFormElement>("form[data-record]");
  for (const field of form ? all("[data-field][data-hint][data-editable]", form) : []) {
    new FieldHint(form!, field).start();
  }
}

class FieldHint {
  #handler: Promise<Handler> | null = null;
  #asking: AbortController | null = null;
  #wait: ReturnType<typeof setTimeout> | undefined;
  /** What a hint entered into other fields, so that it may be entered anew as long as nobody typed over it. */
  readonly #entered = new Map<string, Value>();

  constructor(private readonly form: HTMLFormElement, private readonly field: HTMLElement) {}

  start(): void {
    this.field.addEventListener("input", () => this.#soon(pause));
    this.field.addEventListener("change", () => this.#soon(0));
    this.#soon(0);
  }

  #soon(wait: number): void {
    clearTimeout(this.#wait);
    this.#asking?.abort();
    this.#wait = setTimeout(() => void this.#ask(), wait);
  }

  async #ask(): Promise<void> {
    const asking = (this.#asking = new AbortController());
    const values = Object.fromEntries(all("[data-field]", this.form).map(f => [f.dataset["field"]!, valueOf(f)] as const).filter(([, v]) => v !== undefined)) as Record<string, Value>;
    const name = this.field.dataset["field"]!;
    let hint: Hint | null = null;
    try {
      this.#handler ??= this.#load();
      hint = await (await this.#handler)(values[name] ?? null, values, asking.signal);
    } catch (error) {
      if (!asking.signal.aborted) {
        console.warn(`The hint of ${name} failed.`, error);
      }
    }
    // Whoever typed on gets the answer to what they typed.
    if (!asking.signal.aborted && this.#asking === asking) {
      this.#show(hint ?? {}, values[name] ?? null);
    }
  }

  async #load(): Promise<Handler> {
    const module = this.field.dataset["hint"]!;
    if (module !== "") {
      return ((await import(module)) as { default: Handler }).default;
    }
    const address = `/api/hints/${encodeURIComponent(this.form.dataset["table"]!)}/${encodeURIComponent(this.field.dataset["field"]!)}`;
    return async (_, values, signal) => {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Tandem": "1" },
        body: JSON.stringify({ key: this.form.dataset["key"] ?? null, values }),
        signal,
      });
      return answer.ok ? ((await answer.json()) as Hint) : null;
    };
  }

  #show(hint: Hint, value: Value): void {
    let place = one("[data-hint-text]", this.field);
    if (!place) {
      place = make("p", { className: "help" });
      place.dataset["hintText"] = "";
      place.setAttribute("role", "status");
      one("[data-control]", this.field)!.after(place);
    }
    place.replaceChildren(hint.text ?? "");
    if (hint.suggestion != null && hint.suggestion !== value) {
      const use = make("button", { type: "button", className: "button little", textContent: `Use ${hint.suggestion}` });
      use.addEventListener("click", () => enter(this.field, hint.suggestion!));
      place.append(" ", use);
    }
    place.hidden = place.childNodes.length === 0 || place.textContent === "";
    for (const [name, other] of Object.entries(hint.values ?? {})) {
      const target = one(`[data-field]${withData("field", name)}[data-editable]`, this.form);
      // What the person typed is theirs; what an earlier hint entered may be replaced.
      if (target && (target.dataset["state"] === "same" || (this.#entered.has(name) && valueOf(target) === this.#entered.get(name)))) {
        enter(target, other);
        this.#entered.set(name, valueOf(target) ?? null);
      }
    }
  }
}

const inputOf = (field: HTMLElement): HTMLInputElement | null => one<HTMLInputElement>("[data-control] :is(input[data-carrier], input:not([type=hidden], [role=combobox], [type=file]), select, textarea)", field);

/** A field's text; undefined for one that has no control a text fits into. */
function valueOf(field: HTMLElement): Value | undefined {
  const input = inputOf(field);
  return input ? readControl(input) : field.dataset["base"] === undefined ? undefined : (JSON.parse(field.dataset["base"]) as Value);
}

function enter(field: HTMLElement, value: string | null): void {
  const input = inputOf(field);
  if (!input) {
    return;
  }
  if (input.type === "checkbox") {
    input.checked = value === "true";
  } else {
    input.value = value ?? "";
  }
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
