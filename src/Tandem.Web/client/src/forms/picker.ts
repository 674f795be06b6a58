// References are picked by name. The field's own input keeps the key; the person types into another one beside it.

import { createTarget } from "./create-target";
import { all, make, one } from "../dom";

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function startPickers(within: ParentNode = document): void {
  for (const picker of all("[data-picker]", within)) {
    startPicker(picker);
  }
}

/** @returns The input the person types into. */
export function startPicker(picker: HTMLElement): HTMLInputElement {
  const carrier = one<HTMLInputElement>("input", picker)!;
  const input = make("input", { type: "text", id: carrier.id, autocomplete: "off", required: carrier.required, placeholder: "Search" });
  const list = make("div", { className: "picker-list", id: `${carrier.id}-list`, hidden: true });
  list.setAttribute("role", "listbox");
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"], ["aria-describedby", carrier.getAttribute("aria-describedby") ?? ""]]) {
    input.setAttribute(name!, value!);
  }
  carrier.type = "hidden";
  carrier.removeAttribute("id");
  carrier.required = false;
  carrier.dataset["carrier"] = "";
  input.value = picker.dataset["labelText"] ?? carrier.value;
  input.dataset["shown"] = input.value;
  picker.append(input, list);

  let options: Option[] = [];
  let chosen = -1;
  let asked = 0;
  let wait: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (option: Option | null): void => {
    carrier.value = option?.value ?? "";
    input.value = option?.label ?? "";
    input.dataset["shown"] = input.value;
    close();
    carrier.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const create = async (text: string): Promise<void> => {
    close();
    const made = await createTarget(picker.dataset["picker"]!.replace(/\/options$/, "/new"), picker.dataset["targetField"]!, text);
    input.focus();
    if (made) {
      take(made);
    }
  };
  const mark = (index: number): void => {
    const rows = all("[role=option]", list);
    chosen = rows.length === 0 ? -1 : (index + rows.length) % rows.length;
    rows.forEach((r, i) => r.setAttribute("aria-selected", String(i === chosen)));
    rows[chosen]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", rows[chosen]?.id ?? "");
  };
  const search = async (): Promise<void> => {
    const mine = ++asked;
    const text = input.value === input.dataset["shown"] ? "" : input.value;
    const address = `${picker.dataset["picker"]!}?${new URLSearchParams({ q: text, field: picker.dataset["targetField"]! })}`;
    const answer = await fetch(address, { headers: { "X-Tandem": "1" } }).catch(() => null);
    const found = answer?.ok ? ((await answer.json()) as Option[]) : null;
    if (mine !== asked || document.activeElement !== input) {
      return;
    }
    options = found ?? [];
    list.replaceChildren(...options.map((option, i) => {
      const row = make("div", { id: `${list.id}-${i}` }, make("span", { textContent: option.label }), make("span", { className: "quiet", textContent: option.value }));
      row.setAttribute("role", "option");
      row.addEventListener("pointerdown", event => {
        event.preventDefault();
        take(option);
      });
      return row;
    }));
    const isCut = answer?.headers.get("X-Tandem-Search") === "cut";
    if (options.length === 0 || isCut) {
      list.append(make("p", { textContent: isCut ? "The search was cut short: type how the name begins." : found ? "Nothing is called that." : "The server did not answer. Try again." }));
    }
    // In a cell of a list the dialog would take the focus from what is edited there.
    if (found && answer?.headers.has("X-Tandem-New") && picker.closest("form[data-record], [data-links], [data-children]") && !picker.closest("dialog")) {
      const row = make("div", { id: `${list.id}-new`, className: "picker-new", textContent: text === "" ? "New …" : `New “${text}” …` });
      row.setAttribute("role", "option");
      row.addEventListener("pointerdown", event => {
        event.preventDefault();
        void create(text);
      });
      list.append(row);
    }
    list.hidden = false;
    stand(picker, list);
    input.setAttribute("aria-expanded", "true");
    mark(text === "" ? Math.max(0, options.findIndex(o => o.value === carrier.value)) : 0);
  };
  input.addEventListener("input", event => {
    // What is typed to search is not a value yet; only the choice is.
    event.stopPropagation();
    clearTimeout(wait);
    if (input.value === "") {
      take(null);
    }
    wait = setTimeout(() => void search(), 150);
  });
  input.addEventListener("click", () => void search());
  input.addEventListener("blur", () => {
    close();
    input.value = input.dataset["shown"] ?? "";
  });
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        void search();
      } else {
        mark(chosen + (event.key === "ArrowDown" ? 1 : -1));
      }
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      const option = options[chosen];
      if (option) {
        take(option);
      } else if (chosen >= 0) {
        void create(input.value === input.dataset["shown"] ? "" : input.value);
      }
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
      input.value = input.dataset["shown"] ?? "";
    }
  });
  return input;
}

/** In a list's cell the options stand over the rows, which would cut them off. */
function stand(picker: HTMLElement, list: HTMLElement): void {
  if (picker.closest("td")) {
    const at = picker.getBoundingClientRect();
    list.classList.add("over");
    list.style.left = `${Math.min(at.left, innerWidth - 292)}px`;
    list.style.width = `${Math.max(280, at.width)}px`;
    list.style.top = at.bottom + 290 < innerHeight ? `${at.bottom + 4}px` : `${Math.max(60, at.top - list.offsetHeight - 4)}px`;
  }
}
