// A cell edited where it stands. It is saved guarded by what the person started from; meanwhile it is theirs alone.

import { ago } from "../shell/ago";
import { carried, columnOf, isEditable, makeControl, valueOfCell, type CellControl, type Column } from "./column";
import { holdCell, showCellLeases } from "./cell-leases";
import { announce, make, one, withData } from "../dom";
import { follow, isConflict, keepMine, same, set, start, type FieldEdit, type Value } from "../edit";
import type { LiveField } from "../live";
import { sendUnit } from "../lib/unit";
import { jsonFault, wireOf } from "../lib/wire";
import { cellWrite } from "./cell-write";
import { offerUndo } from "../shell/undo";

export interface Fill {
  (cell: HTMLTableCellElement, field: LiveField): boolean;
}

const open = new Map<HTMLTableCellElement, CellEdit>();
let fill: Fill = () => false;

addEventListener("beforeunload", event => {
  if ([...open.values()].some(e => e.read().touched)) {
    event.preventDefault();
  }
});

export const fillBy = (by: Fill): void => void (fill = by);

export const editOf = (cell: HTMLTableCellElement): CellEdit | undefined => open.get(cell);

export function beginEdit(cell: HTMLTableCellElement, typed?: string): void {
  const column = columnOf(cell);
  if (!isEditable(cell) || !column) {
    announce(`${column?.label ?? "This cell"} cannot be changed here.`);
    return;
  }
  const edit = open.get(cell) ?? new CellEdit(cell, column, start(valueOfCell(cell)));
  edit.focus(typed);
}

/** Edits outlive the rows they stand in: they are taken along when the list is read again. */
export function carryEdits(): () => void {
  const kept = [...open.values()].map(e => ({ over: e.lease.leave, key: e.key, field: e.column.name, edit: e.read(), focused: e.hasFocus, label: e.said }));
  open.clear();
  return () => {
    showCellLeases();
    for (const { over, key, field, edit, focused, label } of kept) {
      const cell = one<HTMLTableCellElement>(`tr${withData("key", key)} td${withData("field", field)}`);
      const column = cell && columnOf(cell);
      if (cell && column && edit.touched) {
        const again = new CellEdit(cell, column, edit);
        again.carry(follow(column.type, edit, valueOfCell(cell)), label);
        if (focused) {
          again.focus(undefined, false);
        }
      } else {
        over();
      }
    }
  };
}

export class CellEdit {
  readonly key: string;
  readonly lease: ReturnType<typeof holdCell>;
  private readonly control: CellControl;
  private readonly holder: HTMLElement;
  private readonly note = make("div", { className: "cell-note", hidden: true });
  private pending: LiveField | null = null;
  private by = "";
  private saving = false;
  private shown: Value;

  constructor(private readonly cell: HTMLTableCellElement, readonly column: Column, private edit: FieldEdit) {
    this.key = cell.closest("tr")!.dataset["key"]!;
    this.control = makeControl(column, edit.base, cell.textContent?.trim() ?? "");
    this.holder = make("div", { className: "cell-editor" }, this.control.element, this.note);
    this.shown = this.control.read();
    this.note.id = `${this.control.input.id}-note`;
    this.note.setAttribute("role", "group");
    this.control.input.setAttribute("aria-describedby", this.note.id);
    cell.append(this.holder);
    cell.classList.add("editing");
    open.set(cell, this);
    this.lease = holdCell(cell.closest("table")!.dataset["liveTable"]!, this.key, column.name);
    if (this.lease.holder !== null) {
      this.refuse(`${this.lease.holder} is changing ${column.label} at this moment. Wait until they are done, or take it over in the record's form.`);
    }
    this.holder.addEventListener("keydown", event => this.keyed(event));
    this.holder.addEventListener("focusout", event => {
      if (!this.holder.contains(event.relatedTarget as Node | null) && document.hasFocus()) {
        void this.commit();
      }
    });
  }

  get hasFocus(): boolean {
    return this.holder.contains(document.activeElement);
  }

  get said(): string {
    return this.control.said();
  }

  /** @param typed What the control begins with. @param whole Whether what it holds is selected, so that typing replaces it. */
  focus(typed?: string, whole = true): void {
    const input = this.control.input;
    input.focus();
    if (typed !== undefined && input.tagName !== "SELECT") {
      input.value = typed;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (whole && !(input instanceof HTMLSelectElement)) {
      input.select();
    }
  }

  /** The edit as it stands. A control that shows a value in its own way has not been touched by that. */
  read(): FieldEdit {
    const typed = this.control.read();
    return typed === this.shown ? start(this.edit.theirs) : set(this.column.type, this.edit, typed);
  }

  carry(edit: FieldEdit, label: string): void {
    this.edit = edit;
    this.control.write(edit.mine, label);
    this.show();
  }

  /** Somebody saved this field meanwhile: what is typed stays. */
  theirs(field: LiveField, by: string, at: string): void {
    this.pending = field;
    this.by = `${by}, ${ago(at)},`;
    const before = this.read();
    const value = carried(this.column.type, field.input);
    this.edit = follow(this.column.type, before, value);
    if (!this.edit.touched) {
      this.control.write(value, field.label ?? field.text);
      this.shown = this.control.read();
    }
    this.show();
  }

  close(focus = true): void {
    open.delete(this.cell);
    this.lease.leave();
    this.cell.classList.remove("editing", "refused");
    const had = this.hasFocus;
    this.holder.remove();
    if (this.pending) {
      fill(this.cell, this.pending);
    }
    if (focus && had) {
      this.cell.focus();
    }
  }

  /** @returns Whether the cell is done with: saved, or nothing to save. */
  async commit(): Promise<boolean> {
    if (this.saving || open.get(this.cell) !== this) {
      return false;
    }
    if (this.control.input.validity.badInput) {
      return this.refuse(this.control.input.validationMessage);
    }
    this.edit = this.read();
    const { type, name } = this.column;
    if (!this.edit.touched || same(type, this.edit.mine, this.edit.theirs)) {
      this.close();
      return true;
    }
    if (isConflict(type, this.edit)) {
      this.show();
      announce(`${this.column.label} was changed meanwhile. Decide first.`);
      return false;
    }
    const said = this.control.said();
    const fault = jsonFault(type, this.edit.mine);
    if (fault) {
      return this.refuse(`${this.column.label}: ${fault}`);
    }
    this.saving = true;
    this.cell.classList.add("saving");
    const table = this.cell.closest("table")!.dataset["liveTable"]!;
    const answer = (await sendUnit([cellWrite(table, this.key, [{ field: name, type, base: this.edit.base, value: this.edit.mine }])]))!;
    this.saving = false;
    this.cell.classList.remove("saving");
    if (open.get(this.cell) !== this) {
      return true;
    }
    if (answer.isSaved) {
      const stored = wireOf(type, answer.results[0]?.record?.[name]);
      const heard = this.pending && same(type, this.pending.input, stored) ? this.pending : null;
      offerUndo(answer.operation, `${this.column.label} saved.`);
      if (!same(type, this.control.read(), this.edit.mine)) {
        // Typed on while it was saved: that stands on what is stored now, and is saved next.
        this.edit = set(type, start(stored), this.control.read());
        return false;
      }
      this.pending = heard ?? { name, text: stored === null ? "" : same(type, stored, this.edit.mine) ? said : stored, input: stored, before: this.edit.base, label: this.column.kind === "Reference" && stored !== null ? said : null, href: null };
      this.close();
      return true;
    }
    const conflict = answer.conflicts[0];
    if (conflict) {
      const theirs = wireOf(type, conflict.theirs);
      this.pending = { name, text: theirs ?? "", input: theirs, before: null, label: null, href: null };
      this.by = `${conflict.by ?? "Somebody"}${conflict.at ? `, ${ago(conflict.at)},` : ""}`;
      this.edit = follow(type, this.edit, theirs);
      this.show();
      announce(`${this.column.label} was changed meanwhile.`);
      return false;
    }
    return this.refuse(answer.gone.length > 0 ? "This record was deleted. What you typed was not saved." : (answer.errors[0]?.message ?? answer.detail));
  }

  private refuse(message: string): boolean {
    this.cell.classList.add("refused");
    this.note.replaceChildren(make("p", { className: "cell-error", textContent: message }));
    this.place();
    announce(message);
    return false;
  }

  private show(): void {
    this.cell.classList.remove("refused");
    if (!isConflict(this.column.type, this.edit)) {
      this.note.hidden = true;
      return;
    }
    const choose = (text: string, act: () => void): HTMLButtonElement => {
      const button = make("button", { type: "button", className: "button little", textContent: text });
      button.addEventListener("click", act);
      return button;
    };
    const side = (name: string, value: Value): HTMLElement => make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value ?? "empty" }));
    this.note.replaceChildren(
      make("p", { textContent: `${this.by} changed ${this.column.label} while you were editing.` }),
      make("dl", {}, side("Started from", this.edit.base), side("Mine", this.edit.mine), side("Theirs", this.pending?.label ?? this.edit.theirs)),
      make("div", { className: "cell-choose" },
        choose("Keep mine", () => {
          this.edit = keepMine(this.column.type, this.read());
          this.show();
          void this.commit();
        }),
        choose("Take theirs", () => this.close())));
    this.place();
  }

  /** The note stands over the rows below, wherever the list is scrolled. */
  private place(): void {
    this.note.hidden = false;
    const at = this.holder.getBoundingClientRect();
    const width = Math.min(340, innerWidth - 24);
    this.note.style.left = `${Math.max(12, Math.min(at.left, innerWidth - width - 12))}px`;
    this.note.style.width = `${width}px`;
    const below = at.bottom + this.note.offsetHeight + 8 < innerHeight;
    this.note.style.top = `${below ? at.bottom + 4 : at.top - this.note.offsetHeight - 4}px`;
  }

  private keyed(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.defaultPrevented || event.isComposing) {
      return;
    }
    const inNote = this.note.contains(event.target as Node);
    const move = event.key === "Enter" && !event.shiftKey && !inNote ? "down" : event.key === "Tab" && !inNote && this.note.hidden ? (event.shiftKey ? "left" : "right") : null;
    if (event.key === "Escape" && this.saving) {
      event.preventDefault();
      announce("It is being saved. Undo it afterwards.");
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      announce("Given up.");
    } else if (move) {
      event.preventDefault();
      void this.commit().then(done => done && this.cell.dispatchEvent(new CustomEvent("cell-done", { bubbles: true, detail: move })));
    }
  }
}

