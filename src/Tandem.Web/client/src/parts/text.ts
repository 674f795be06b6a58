// <span data-live="text" data-table="products" data-key="12" data-field="price">: a value that follows.

import { glow } from "../dom";
import type { LiveField } from "../lib/messages";
import type { Tandem } from "../lib/tandem";

/** Shows a field's value in an element. The element's own text node is kept, so that whoever rendered it still knows it. */
export function paint(element: HTMLElement, field: LiveField): void {
  const text = field.label ?? field.text;
  if (element.textContent === text) {
    return;
  }
  const [first] = element.childNodes;
  if (first instanceof Text && element.childNodes.length === 1) {
    first.data = text;
  } else {
    element.textContent = text;
  }
  glow(element);
}

/** Makes one value live. @returns What ends it. */
export function startText(tandem: Tandem, element: HTMLElement): () => void {
  const { table, key, field } = element.dataset;
  if (!table || !key || !field) {
    return () => {};
  }
  const registration = tandem.connection.register({ table, keys: [key], fields: [field], now: !("rendered" in element.dataset) }, {
    now: (_, fields) => show(fields?.[field] ?? null),
    change: change => {
      if (change.kind === "delete") {
        show(null);
      } else if (change.fields?.[field]) {
        show(change.fields[field]);
      }
    },
    refused: reason => (element.title = reason),
  });
  const show = (value: LiveField | null): void => {
    element.toggleAttribute("data-gone", value === null);
    if (value) {
      paint(element, value);
    }
  };
  return () => registration.remove();
}
