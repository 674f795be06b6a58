// Cells of records that belong to another: copies of the blank ones that the page brings.

import { controlOf } from "./control";
import { all, make } from "../dom";
import type { Value } from "../edit";

/** The blank's control shows the row's value. */
export function fill(panel: HTMLElement, label: string | null): void {
  const control = controlOf(panel);
  const value = JSON.parse(panel.dataset["base"]!) as Value;
  if (control?.input instanceof HTMLSelectElement && value !== null && ![...control.input.options].some(o => o.value === value)) {
    control.input.add(new Option(value, value));
  }
  control?.write(value, label);
}

/** Copies need names of their own. */
export function rename(panel: HTMLElement, suffix: string): void {
  for (const element of [panel, ...all("[id], [for], [aria-describedby]", panel)]) {
    if (element.id) {
      element.id += suffix;
    }
    for (const name of ["for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) {
        element.setAttribute(name, value.split(" ").map(v => v + suffix).join(" "));
      }
    }
    element.removeAttribute("name");
  }
}

/** A row of empty cells; with a key, of a record whose values are not known here. */
export function rowOf(blank: DocumentFragment, key: string | null): HTMLTableRowElement {
  const row = make("tr");
  for (const panel of all(".cell", blank)) {
    const cell = make("td");
    cell.dataset["of"] = panel.dataset["cell"]!;
    if ("editable" in panel.dataset) {
      cell.dataset["editable"] = "";
    }
    row.append(cell);
  }
  row.append(make("td", { className: "child-acts" }));
  if (key !== null) {
    row.dataset["key"] = key;
  }
  return row;
}
