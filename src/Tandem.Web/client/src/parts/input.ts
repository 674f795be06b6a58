// Reading and writing the text that travels, whatever the control looks like.

import type { Value } from "../edit";

export type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export const isInput = (element: Element): element is Input => element.matches("input, select, textarea");

/** The control's value; an empty control is no value, unless its field must have a text. */
export function read(input: Input): Value {
  if (input instanceof HTMLInputElement && input.type === "checkbox") {
    return String(input.checked);
  }
  return input.value !== "" ? input.value : "required" in input.dataset ? "" : null;
}

/** Shows a value. What is shown already is left alone, so that the caret stays where it is. */
export function write(input: Input, value: Value): boolean {
  if (input instanceof HTMLInputElement && input.type === "checkbox") {
    const before = input.checked;
    input.checked = value === "true";
    return before !== input.checked;
  }
  const text = value ?? "";
  if (input.value === text) {
    return false;
  }
  if (input instanceof HTMLSelectElement && ![...input.options].some(o => o.value === text)) {
    input.add(new Option(text, text));
  }
  input.value = text;
  return true;
}
