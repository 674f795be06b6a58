// <ul data-live="list" data-table="messages" data-query="$orderby=id"><template>…</template></ul>: rows that come, change, move
// and go as the records do. A row is the template's element with a data-key; within it data-live="text" and "field" name fields.

import { all, glow } from "../dom";
import { applyChange, watchList, type ListEvent } from "../lib/list";
import type { ListRow } from "../lib/messages";
import type { Tandem } from "../lib/tandem";
import { startRowField } from "./field";
import { isInput } from "./input";
import { paint } from "./text";

interface Row {
  readonly element: HTMLElement;
  readonly follow: (row: ListRow) => void;
  readonly end: () => void;
}

/** Makes a list live. @returns What ends it. */
export function startList(tandem: Tandem, element: HTMLElement): () => void {
  const template = element.querySelector<HTMLTemplateElement>(":scope > template");
  const { table, query, fields } = element.dataset;
  if (!template || !table) {
    return () => {};
  }
  const list = new RowList(tandem, element, template, table);
  const stop = watchList(tandem.connection, table, query ?? "", fields ? fields.split(",") : null, event => list.tell(event), reason => list.refuse(reason));
  return () => {
    stop();
    list.end();
  };
}

class RowList {
  readonly #rows = new Map<string, Row>();
  #order: readonly ListRow[] = [];

  constructor(private readonly tandem: Tandem, private readonly element: HTMLElement, private readonly template: HTMLTemplateElement, private readonly table: string) {
    // The server rendered the first rows.
    for (const row of all(":scope > [data-key]", element)) {
      this.#rows.set(row.dataset["key"]!, this.#bind(row, row.dataset["key"]!));
    }
  }

  tell(event: ListEvent): void {
    if (event.changes === null) {
      this.#replace(event.rows);
    } else {
      // Each change touches its own row; the others stay as they are.
      for (const change of event.changes) {
        const gone = change.kind === "remove" ? this.#order[change.index] : undefined;
        this.#order = applyChange(this.#order, change);
        if (gone) {
          this.#drop(gone.key);
        } else if (change.row) {
          this.#place(change.row, change.kind !== "update", change.index);
        }
      }
    }
    this.element.dataset["count"] = String(event.rows.length);
    this.element.toggleAttribute("data-empty", event.rows.length === 0);
    this.element.dispatchEvent(new CustomEvent("tandem:rows", { bubbles: true, detail: event }));
  }

  refuse(reason: string): void {
    this.element.dataset["refused"] = reason;
    this.element.title = reason;
  }

  end(): void {
    this.#rows.forEach(r => r.end());
  }

  #replace(rows: readonly ListRow[]): void {
    this.#order = rows;
    const wanted = new Set(rows.map(r => r.key));
    for (const key of [...this.#rows.keys()]) {
      if (!wanted.has(key)) {
        this.#drop(key);
      }
    }
    rows.forEach((row, index) => this.#place(row, true, index));
  }

  #place(row: ListRow, isMoved: boolean, index: number): void {
    let known = this.#rows.get(row.key);
    const isNew = !known;
    if (!known) {
      const element = (this.template.content.firstElementChild!.cloneNode(true)) as HTMLElement;
      element.dataset["key"] = row.key;
      this.#rows.set(row.key, (known = this.#bind(element, row.key)));
    }
    known.follow(row);
    if (isMoved) {
      const before = this.#order[index - 1];
      const anchor = before ? this.#rows.get(before.key)?.element : this.template;
      // A row that stands in its place is not touched: whoever types in it keeps the focus.
      if (anchor && anchor.nextElementSibling !== known.element) {
        anchor.after(known.element);
        if (isNew) {
          glow(known.element);
        }
      }
    }
  }

  #drop(key: string): void {
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    row?.end();
    row?.element.remove();
  }

  #bind(element: HTMLElement, key: string): Row {
    const places = [...element.querySelectorAll<HTMLElement>("[data-field]"), ...(element.matches("[data-field]") ? [element] : [])];
    const inputs = places.filter(isInput).map(input => ({ field: input.dataset["field"]!, bound: startRowField(this.tandem, input, this.table, key, input.dataset["field"]!) }));
    const texts = places.filter(p => !isInput(p));
    const buttons = all<HTMLButtonElement>("[data-live-delete]", element);
    const remove = async (): Promise<void> => {
      const outcome = await this.tandem.delete(this.table, key);
      element.dataset["refused"] = outcome.kind === "refused" ? outcome.errors.map(e => e.message).join(" ") || outcome.text : "";
      element.title = element.dataset["refused"];
    };
    buttons.forEach(b => b.addEventListener("click", () => void remove()));
    return {
      element,
      follow: row => {
        texts.forEach(t => row.fields[t.dataset["field"]!] && paint(t, row.fields[t.dataset["field"]!]!));
        inputs.forEach(i => i.bound.follow(row.fields[i.field]?.input ?? null));
      },
      end: () => inputs.forEach(i => i.bound.end()),
    };
  }
}
