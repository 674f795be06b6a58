// One field's control: reading and writing the text that travels, whatever the control looks like.

import type { Value } from "../edit";
import { one } from "../dom";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export interface Control {
  readonly input: Input;
  read(theirs: Value): Value;
  write(value: Value, label: string | null): void;
  /** Whether only the form itself can carry the value: files, and values that do not fit their type. */
  readonly needsForm: boolean;
}

/** The control of a field's element, or null when the field is only shown. */
export function controlOf(field: HTMLElement): Control | null {
  const kind = field.dataset["kind"];
  const isText = field.dataset["type"] === "Text" || field.dataset["type"] === "Other";
  const nullable = field.dataset["nullable"] !== undefined;
  const input = one<HTMLInputElement>("[data-control] :is(input, select, textarea):not([type=hidden])", field);
  if (!input || field.dataset["editable"] === undefined) {
    return null;
  }
  if (input.type === "checkbox" && kind !== "Blob") {
    return { input, needsForm: false, read: () => String(input.checked), write: value => void (input.checked = value === "true") };
  }
  if (kind === "Blob") {
    const clear = one<HTMLInputElement>("input[type=checkbox]", field);
    return {
      input,
      needsForm: true,
      read: theirs => ((input.files?.length ?? 0) > 0 ? `file ${input.files![0]!.name}` : clear?.checked ? null : theirs),
      write: () => {
        input.value = "";
        if (clear) {
          clear.checked = false;
        }
      },
    };
  }
  const carrier = one<HTMLInputElement>("input[data-carrier]", field) ?? input;
  return {
    input,
    needsForm: kind === "Misfit",
    read: theirs => {
      const text = carrier.value;
      return text !== "" ? text : isText && (theirs === "" || (!nullable && theirs !== null)) ? "" : null;
    },
    write: (value, label) => {
      const text = kind === "Instant" ? (value ?? "").replace(/Z$/, "") : (value ?? "");
      carrier.value = text;
      if (carrier !== input) {
        input.value = label ?? text;
        input.dataset["shown"] = input.value;
      }
    },
  };
}
