// What a list's head says of its columns, and controls made from it.

import type { Value } from "../edit";
import { make, one, withData } from "../dom";
import { startPicker } from "../forms/picker";

export interface Column {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly kind: string;
  readonly nullable: boolean;
  readonly choices: readonly string[];
  readonly head: HTMLElement;
}

export interface CellControl {
  /** What has the focus. */
  readonly input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  /** What goes into the cell. */
  readonly element: HTMLElement;
  read(): Value;
  write(value: Value, label: string | null): void;
  /** What a person calls the value. */
  said(): string;
}

export function columnOf(cell: HTMLTableCellElement): Column | null {
  const head = one(`th${withData("field", cell.dataset["field"] ?? "")}`, cell.closest("table")!);
  return head && {
    head,
    name: head.dataset["field"]!,
    label: head.dataset["label"]!,
    type: head.dataset["type"]!,
    kind: head.dataset["kind"]!,
    nullable: head.dataset["nullable"] !== undefined,
    choices: JSON.parse(head.dataset["choices"] ?? "[]") as string[],
  };
}

export const isEditable = (cell: HTMLTableCellElement): boolean => cell.dataset["edit"] !== undefined;

/** What a cell holds, as the text that travels. */
export const valueOfCell = (cell: HTMLTableCellElement): Value => cell.dataset["value"] ?? null;

/** A value of a change as inputs carry it: moments without the mark of UTC. */
export const carried = (type: string, value: Value): Value => (type === "Instant" ? (value?.replace(/Z$/, "") ?? null) : value);

export function setValueOfCell(cell: HTMLTableCellElement, value: Value): void {
  if (value === null) {
    delete cell.dataset["value"];
  } else {
    cell.dataset["value"] = value;
  }
}

let number = 0;

export function makeControl(column: Column, base: Value, label: string): CellControl {
  const id = `cell-control-${++number}`;
  if (column.kind === "Choice" || column.kind === "Boolean") {
    const options: [string, string][] = column.kind === "Boolean" ? [["true", "Yes"], ["false", "No"]] : column.choices.map(c => [c, c]);
    const select = make("select", { id }, ...(column.nullable || base === null ? [make("option", { value: "", textContent: "–" })] : []), ...options.map(([value, textContent]) => make("option", { value, textContent })));
    if (base !== null && !options.some(([value]) => value === base)) {
      select.prepend(make("option", { value: base, textContent: label }));
    }
    select.ariaLabel = column.label;
    select.value = base ?? "";
    return { input: select, element: select, read: () => (select.value === "" ? null : select.value), write: v => void (select.value = v ?? ""), said: () => select.selectedOptions[0]?.textContent ?? "" };
  }
  if (column.kind === "Reference") {
    const carrier = make("input", { id, value: base ?? "" });
    const picker = make("div", { className: "picker" }, carrier);
    Object.assign(picker.dataset, { picker: column.head.dataset["picker"], targetField: column.head.dataset["targetField"], labelText: base === null ? "" : label });
    const input = startPicker(picker);
    input.ariaLabel = column.label;
    return {
      input,
      element: picker,
      read: () => (carrier.value === "" ? null : carrier.value),
      write: (value, said) => {
        carrier.value = value ?? "";
        input.value = said ?? value ?? "";
        input.dataset["shown"] = input.value;
      },
      said: () => input.dataset["shown"] ?? "",
    };
  }
  const long = column.kind === "LongText" || column.kind === "Json" || base?.includes("\n") === true;
  const type = { Number: "number", Date: "date", Time: "time", DateTime: "datetime-local", Instant: "datetime-local" }[column.kind] ?? "text";
  const input = long ? make("textarea", { id, rows: 3 }) : make("input", { id, type, autocomplete: "off", step: type === "text" ? "" : "any" });
  input.ariaLabel = column.label + (column.kind === "Instant" ? ", in UTC" : "");
  input.value = base ?? "";
  if (base !== null && base !== "" && input.value === "" && input instanceof HTMLInputElement) {
    // A stored value that this kind of input cannot show: a time finer than a millisecond.
    input.type = "text";
    input.value = base;
  }
  const isText = column.type === "Text" || column.type === "Other";
  return {
    input,
    element: input,
    read: () => (input.value !== "" ? input.value : isText && (base === "" || (!column.nullable && base !== null)) ? "" : null),
    write: value => void (input.value = value ?? ""),
    said: () => (type === "datetime-local" ? input.value.replace("T", " ") : input.value),
  };
}
