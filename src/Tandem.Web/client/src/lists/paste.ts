// A block from a spreadsheet: what it would change is tried and shown first, then saved as one.

import { parseBlock } from "./block";
import { beginEdit } from "./celledit";
import { columnOf, isEditable, valueOfCell, type Column } from "./column";
import { announce, make } from "../dom";
import { same, type Value } from "../edit";
import { sendUnit, type UnitAnswer } from "../lib/unit";
import { jsonFault } from "../lib/wire";
import { offerUndo } from "../shell/undo";
import { cellWrite } from "./cell-write";

interface Change {
  readonly key: string;
  readonly row: string;
  readonly column: Column;
  readonly from: string;
  readonly base: Value;
  readonly to: string;
  readonly value: Value;
  fault: string | null;
}

export async function pasteBlock(start: HTMLTableCellElement, text: string, rows: readonly HTMLTableRowElement[], cellsOf: (row: HTMLTableRowElement) => HTMLTableCellElement[]): Promise<void> {
  const block = parseBlock(text);
  if (block.length === 1 && block[0]!.length === 1) {
    beginEdit(start, block[0]![0]!);
    return;
  }
  const first = start.closest("tr")!;
  const [top, left] = [rows.indexOf(first), cellsOf(first).indexOf(start)];
  const changes: Change[] = [];
  let outside = 0;
  for (const [y, line] of block.entries()) {
    const row = rows[top + y];
    for (const [x, pasted] of line.entries()) {
      const cell = row && cellsOf(row)[left + x];
      const column = cell && columnOf(cell);
      if (!cell || !column) {
        outside++;
        continue;
      }
      const base = valueOfCell(cell);
      const { value, fault } = isEditable(cell) ? await read(column, pasted) : { value: base, fault: `${column.label} cannot be changed here.` };
      if (fault !== null || !same(column.type, value, base)) {
        changes.push({ key: row.dataset["key"]!, row: row.querySelector(".opens")?.textContent ?? row.dataset["key"]!, column, from: base === null ? "" : cell.textContent ?? "", base, to: pasted, value, fault });
      }
    }
  }
  if (changes.length === 0) {
    announce("Nothing would change.");
    return;
  }
  const table = start.closest("table")!.dataset["liveTable"]!;
  const trial = (await sendUnit(writesOf(table, changes), { isTrial: true }))!;
  blame(changes, trial);
  preview(table, changes, outside, trial.isSaved ? "" : trial.detail, start);
}

async function read(column: Column, pasted: string): Promise<{ value: Value; fault: string | null }> {
  const text = pasted.trim();
  if (text === "") {
    return { value: column.nullable || column.type !== "Text" ? null : "", fault: column.nullable || column.type === "Text" ? null : `${column.label} must not be empty.` };
  }
  if (column.kind === "Boolean") {
    const value = /^(yes|true|1|y)$/i.test(text) ? "true" : /^(no|false|0|n)$/i.test(text) ? "false" : null;
    return { value, fault: value === null ? `“${text}” is neither yes nor no.` : null };
  }
  if (column.kind === "Reference") {
    const address = `${column.head.dataset["picker"]!}?${new URLSearchParams({ q: text, field: column.head.dataset["targetField"]! })}`;
    const found = await fetch(address, { headers: { "X-Tandem": "1" } }).then(r => (r.ok ? (r.json() as Promise<{ value: string; label: string }[]>) : [])).catch(() => []);
    const named = found.filter(o => o.label === text);
    const chosen = named.length === 1 ? named[0] : named.length === 0 ? found.find(o => o.value === text) : undefined;
    return chosen ? { value: chosen.value, fault: null } : { value: null, fault: named.length > 1 ? `Several are called “${text}”. Paste the key.` : `Nothing is called “${text}”.` };
  }
  const fault = jsonFault(column.type, text);
  if (fault) {
    return { value: null, fault };
  }
  return { value: column.type === "Text" ? pasted : text, fault: null };
}

const fitting = (changes: readonly Change[]): Change[] => changes.filter(c => c.fault === null);

const keysOf = (changes: readonly Change[]): string[] => [...new Set(fitting(changes).map(c => c.key))];

/** One write for each record; the place of a write tells its record. */
const writesOf = (table: string, changes: readonly Change[]): string[] => keysOf(changes).map(key =>
  cellWrite(table, key, fitting(changes).filter(c => c.key === key).map(c => ({ field: c.column.name, type: c.column.type, base: c.base, value: c.value }))));

function blame(changes: readonly Change[], answer: UnitAnswer): void {
  const keys = keysOf(changes);
  const find = (write: number, field: string): Change[] => changes.filter(c => c.key === keys[write] && c.fault === null && (c.column.name === field || field === ""));
  const own = answer.errors.map(e => [find(e.write, e.field).length > 0 ? find(e.write, e.field) : find(e.write, ""), e.message] as const);
  own.forEach(([cells, message]) => cells.forEach(c => (c.fault = message)));
  answer.conflicts.forEach(c => find(c.write, c.field).forEach(cell => (cell.fault = `${c.by ?? "Somebody"} changed it meanwhile, to ${c.theirs === null ? "empty" : String(c.theirs)}.`)));
  answer.gone.forEach(g => find(g.write, "").forEach(cell => (cell.fault = "The record was deleted.")));
}

function preview(table: string, changes: readonly Change[], outside: number, problem: string, back: HTMLElement): void {
  const dialog = make("dialog", { className: "paste" });
  const save = make("button", { type: "button", className: "button main" });
  const close = make("button", { type: "button", className: "button", textContent: "Cancel" });
  const show = (trouble: string): void => {
    const good = fitting(changes).length;
    const bad = changes.length - good;
    const cell = (tag: "td" | "th", textContent: string, className = ""): HTMLElement => make(tag, { textContent, className });
    const sorted = [...changes.filter(c => c.fault !== null), ...fitting(changes)].slice(0, 500);
    dialog.replaceChildren(
      make("h2", { textContent: `Paste ${changes.length} ${changes.length === 1 ? "cell" : "cells"}`, id: "paste-heading" }),
      make("p", { textContent: [`${good} will change`, bad > 0 ? `${bad} will not` : "", outside > 0 ? `${outside} lie outside of this page` : ""].filter(t => t).join(", ") + "." }),
      ...(trouble ? [make("p", { className: "note bad", textContent: trouble })] : []),
      make("div", { className: "paste-scroll", tabIndex: 0, ariaLabel: "Changes", role: "region" }, make("table", {}, make("thead", {}, make("tr", {}, ...["Record", "Field", "From", "To", ""].map(t => cell("th", t)))),
        make("tbody", {}, ...sorted.map(c => make("tr", { className: c.fault === null ? "" : "misfits" }, cell("td", c.row), cell("td", c.column.label), cell("td", c.from, "was"), cell("td", c.to), cell("td", c.fault ?? "", "why")))))),
      make("div", { className: "dialog-actions" }, close, save));
    save.textContent = `Change ${good} ${good === 1 ? "cell" : "cells"}`;
    save.disabled = good === 0;
  };
  close.addEventListener("click", () => dialog.close());
  save.addEventListener("click", () => void (async () => {
    save.disabled = true;
    const count = fitting(changes).length;
    const answer = (await sendUnit(writesOf(table, changes)))!;
    if (answer.isSaved) {
      dialog.close();
      offerUndo(answer.operation, `${count} ${count === 1 ? "cell" : "cells"} changed.`);
      return;
    }
    blame(changes, answer);
    show(answer.detail);
    announce(answer.detail);
  })());
  dialog.addEventListener("close", () => {
    dialog.remove();
    back.focus();
  });
  dialog.setAttribute("aria-labelledby", "paste-heading");
  show(problem);
  document.body.append(dialog);
  dialog.showModal();
  (save.disabled ? close : save).focus();
}
