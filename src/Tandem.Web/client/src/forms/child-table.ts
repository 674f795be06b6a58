// The table of records that belong to the one on the page: added, changed, removed and moved here, saved with it.

import { rowOf } from "./child-cells";
import { ChildRow, type RowOwner } from "./child-row";
import type { ChildTable } from "./children";
import { all, announce, fetchPage, glow, make, one } from "../dom";
import type { DraftRow } from "./draft";
import type { FieldPanel } from "./field";
import { LinkSet } from "./links";
import { onChange, watchAgain, type LiveChange } from "../live";
import type { Part } from "./unit";

export function startChildren(form: HTMLFormElement, changed: () => void): readonly ChildTable[] {
  const grids = form.dataset["record"] === "view" ? [] : all("[data-children]").filter(e => one("template", e)).map(e => new ChildGrid(e, changed));
  return [...grids, ...all("[data-links]").map(e => new LinkSet(e, changed))];
}

class ChildGrid implements ChildTable, RowOwner {
  readonly table: string;
  readonly blank: DocumentFragment;
  readonly mayChange: boolean;
  readonly mayDelete: boolean;
  readonly isMovable: boolean;
  #rows: ChildRow[] = [];
  readonly #body: HTMLElement;
  readonly #position: string | undefined;
  readonly #reference: Readonly<Record<string, string | null>>;

  constructor(private readonly element: HTMLElement, private readonly tell: () => void) {
    const data = element.dataset;
    this.table = data["children"]!;
    this.blank = one<HTMLTemplateElement>("template", element)!.content;
    this.mayChange = "mayChange" in data;
    this.mayDelete = "mayDelete" in data;
    this.isMovable = "movable" in data && this.mayChange;
    this.#position = data["position"];
    this.#reference = JSON.parse(data["reference"]!) as Record<string, string | null>;
    this.#body = one("[data-rows]", element)!;
    this.#rows = all<HTMLTableRowElement>("tr[data-key]", this.#body).map(e => new ChildRow(this, e));
    if ("mayAdd" in data) {
      const add = make("button", { type: "button", className: "button little", textContent: "Add a line" });
      add.setAttribute("aria-label", `Add a line: ${one("h2", element)?.textContent ?? ""}`);
      add.dataset["addRow"] = "";
      add.addEventListener("click", () => {
        this.#add(null).focus();
        element.dispatchEvent(new Event("keep", { bubbles: true }));
      });
      element.append(make("div", { className: "child-foot" }, add));
    }
    element.addEventListener("keydown", event => this.#key(event));
    onChange(change => change.table === this.table && this.#hear(change));
    this.changed();
  }

  get modified(): number {
    return this.#rows.filter(r => r.isTouched).length;
  }

  get conflicts(): number {
    return this.#rows.reduce((sum, r) => sum + r.conflicts, 0);
  }

  get fields(): readonly FieldPanel[] {
    return this.#rows.filter(r => !r.isRemoved && !r.isGone).flatMap(r => r.fields);
  }

  reference(parent: string | null): string {
    return Object.entries(this.#reference)
      .map(([field, value]) => `${JSON.stringify(field)}:${parent === null ? JSON.stringify(value) : JSON.stringify({ $new: parent })}`).join(",");
  }

  parts(parent: string | null, isTrial: boolean): readonly Part[] {
    // What goes makes room for what comes.
    const rows = [...this.#rows].sort((a, b) => Number(b.isRemoved) - Number(a.isRemoved));
    return rows.map(r => r.part(parent, isTrial)).filter(p => p !== null);
  }

  fault(): FieldPanel | undefined {
    let first: FieldPanel | undefined;
    for (const row of this.#rows.filter(r => r.isTouched && !r.isRemoved)) {
      for (const field of row.fields.filter(f => f.control && (row.isNew || f.isModified))) {
        const fault = field.fault;
        field.error(fault);
        first ??= fault ? field : undefined;
      }
    }
    return first;
  }

  undecided(): HTMLElement | null {
    return this.#rows.find(r => r.conflicts > 0)?.saying ?? null;
  }

  revert(): void {
    for (const row of [...this.#rows]) {
      if (row.isNew || row.isGone) {
        this.remove(row);
      } else {
        row.revert();
      }
    }
    this.#order();
  }

  drafts(): readonly DraftRow[] {
    return this.#rows.filter(r => r.isTouched).map(r => r.draft);
  }

  restore(rows: readonly DraftRow[]): void {
    for (const draft of rows) {
      const row = draft.key === null ? this.#add(null) : this.#rows.find(r => r.key === draft.key);
      if (row) {
        row.restore(draft);
      } else if (!draft.removed) {
        // Somebody deleted it while the page was closed: what was typed is shown, to be decided about.
        const lost = this.#add(draft.key);
        lost.restore(draft);
        lost.goneBy(null, null);
      }
    }
  }

  readAgain(page: Document): void {
    const fresh = [...page.querySelectorAll<HTMLTableRowElement>(`[data-children="${CSS.escape(this.table)}"] [data-rows] tr[data-key]`)];
    for (const row of [...this.#rows].filter(r => !r.isNew && !fresh.some(f => f.dataset["key"] === r.key))) {
      row.goneBy(null, null);
    }
    for (const element of fresh) {
      const row = this.#rows.find(r => r.key === element.dataset["key"]);
      if (!row) {
        const added = document.importNode(element, true);
        this.#body.append(added);
        this.#rows.push(new ChildRow(this, added));
        continue;
      }
      for (const cell of all("td[data-of]", element)) {
        const label = cell.dataset["labelText"] ?? null;
        row.field(cell.dataset["of"]!)?.follow(JSON.parse(cell.dataset["base"]!) as string | null, cell.textContent?.trim() ?? "", label, null, null);
      }
    }
    this.#order();
    this.changed();
  }

  changed(): void {
    const none = one("[data-none]", this.element);
    if (none) {
      none.hidden = this.#rows.length > 0;
    }
    this.tell();
  }

  remove(row: ChildRow): void {
    const hadFocus = row.element.contains(document.activeElement);
    this.#rows = this.#rows.filter(r => r !== row);
    row.removeElement();
    if (hadFocus) {
      one("[data-add-row]", this.element)?.focus();
    }
    this.element.dispatchEvent(new Event("keep", { bubbles: true }));
    this.changed();
  }

  stored(row: ChildRow): void {
    // The news of it may have been quicker than the answer.
    this.#rows.filter(r => r !== row && r.key === row.key).forEach(r => this.remove(r));
    void watchAgain();
  }

  move(row: ChildRow, by: number): void {
    const rows = this.#rows.filter(r => !r.isRemoved && !r.isGone);
    const other = rows[rows.indexOf(row) + by];
    const field = (r: ChildRow): FieldPanel | undefined => (this.#position ? r.field(this.#position) : undefined);
    if (!other || !field(row)?.control || !field(other)?.control) {
      return;
    }
    const places = rows.map(r => Number(field(r)!.mine ?? 0)).sort((a, b) => a - b);
    [rows[rows.indexOf(row)], rows[rows.indexOf(other)]] = [other, row];
    // Numbers that are given twice or not at all would leave the order open.
    rows.forEach((r, i) => field(r)?.put(String(places.every((p, n) => n === 0 || p > places[n - 1]!) ? places[i] : i + 1)));
    this.#order();
    one(`[data-move="${by}"]`, row.element)?.focus();
    announce(`Moved to place ${rows.indexOf(row) + 1} of ${rows.length}.`);
    this.element.dispatchEvent(new Event("keep", { bubbles: true }));
  }

  #order(): void {
    if (this.#position) {
      const place = (r: ChildRow): number => Number(r.field(this.#position!)?.mine ?? Infinity);
      this.#rows.sort((a, b) => place(a) - place(b));
      this.#rows.forEach(r => this.#body.append(r.element));
    }
  }

  #add(key: string | null): ChildRow {
    const element = rowOf(this.blank, key);
    this.#body.append(element);
    const row = new ChildRow(this, element);
    const position = this.#position ? row.field(this.#position) : undefined;
    if (key === null && position?.control) {
      const taken = this.#rows.map(r => Number(r.field(this.#position!)?.mine ?? 0));
      position.put(String(Math.max(0, ...taken) + 1));
    }
    this.#rows.push(row);
    this.changed();
    return row;
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && this.isMovable) {
      const row = this.#rows.find(r => r.element.contains(event.target as Node));
      if (row) {
        event.preventDefault();
        this.move(row, event.key === "ArrowUp" ? -1 : 1);
      }
    }
  }

  #hear(change: LiveChange): void {
    const row = this.#rows.find(r => r.key === change.key);
    const moved = Object.entries(this.#reference).some(([f, v]) => change.fields?.[f] !== undefined && change.fields[f].input !== v);
    if (change.kind === "delete" || (row && moved)) {
      row?.goneBy(change.by, change.at);
    } else if (row) {
      row.follow(change);
      this.#order();
    } else if (change.kind === "insert") {
      void this.#look(change);
    }
  }

  /** Somebody added a record to the table: where it belongs to this one, it is shown. */
  async #look(change: LiveChange): Promise<void> {
    const answer = await fetch(`${this.element.dataset["api"]!}/${encodeURI(change.key)}`, { headers: { "X-Tandem": "1" } }).catch(() => null);
    const record = answer?.ok ? ((await answer.json()) as Record<string, unknown>) : null;
    if (!record || Object.entries(this.#reference).some(([f, v]) => v === null || String(record[f]) !== v) || this.#rows.some(r => r.key === change.key)) {
      return;
    }
    const page = await fetchPage().catch(() => null);
    if (page) {
      this.readAgain(page);
      const added = this.#rows.find(r => r.key === change.key);
      if (added) {
        glow(added.element);
        announce(`${change.by} added a line.`);
        await watchAgain();
      }
    }
  }
}
