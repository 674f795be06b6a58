// <span data-live="hold" data-table="people" data-values='{"name":"Ana"}'>: a record that is there while this page is.

import type { Tandem } from "../lib/tandem";

/** Holds a record. The element's data-key is the record's key while it is there. @returns What ends it. */
export function startHold(tandem: Tandem, element: HTMLElement): () => void {
  const { table, values } = element.dataset;
  if (!table) {
    return () => {};
  }
  const registration = tandem.hold(table, JSON.parse(values ?? "{}") as Record<string, unknown>, (key, reason) => {
    if (key === null) {
      delete element.dataset["key"];
      console.warn(reason);
    } else {
      element.dataset["key"] = key;
      element.dispatchEvent(new CustomEvent("tandem:held", { bubbles: true, detail: { key } }));
    }
  });
  return () => registration.remove();
}
