// The list as a grid: arrows move between cells, one cell is in the order of Tab, rows can be selected.

import { beginEdit, editOf } from "./celledit";
import { isEditable } from "./column";
import { all, announce, one } from "../dom";
import { pasteBlock } from "./paste";
import { singleKeys } from "../shell/shortcuts";

const picked = new Set<string>();
let lastPicked: HTMLTableRowElement | null = null;

const tableOf = (): HTMLTableElement | null => one<HTMLTableElement>("table.records");

export const rowsOf = (): HTMLTableRowElement[] => all<HTMLTableRowElement>("tbody tr", tableOf() ?? document.createElement("div"));

const cellsOf = (row: HTMLTableRowElement): HTMLTableCellElement[] => all<HTMLTableCellElement>("td[data-field]", row);

export function startGrid(): void {
  prepare();
  document.addEventListener("list-read", prepare);
  document.addEventListener("keydown", keyed);
  document.addEventListener("focusin", event => {
    const cell = (event.target as HTMLElement).closest<HTMLTableCellElement>("table.records td[data-field]");
    if (cell) {
      one("table.records [tabindex='0']")?.setAttribute("tabindex", "-1");
      cell.tabIndex = 0;
    }
  });
  document.addEventListener("dblclick", event => {
    const cell = cellAt(event.target);
    if (cell && isEditable(cell)) {
      beginEdit(cell);
    }
  });
  document.addEventListener("cell-done", event => {
    const cell = event.target as HTMLTableCellElement;
    step(cell, (event as CustomEvent<string>).detail);
  });
  document.addEventListener("paste", event => {
    const cell = cellAt(document.activeElement);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (cell && document.activeElement === cell && text !== "") {
      event.preventDefault();
      void pasteBlock(cell, text, rowsOf(), cellsOf);
    }
  });
  document.addEventListener("click", event => {
    const box = event.target as HTMLInputElement;
    if (box.matches("[data-pick]")) {
      pick(box.closest("tr")!, box.checked, event.shiftKey);
    } else if (box.matches("[data-pick-all]")) {
      rowsOf().forEach(row => mark(row, box.checked));
      say();
    }
  });
}

function prepare(): void {
  const table = tableOf();
  if (!table) {
    return;
  }
  table.setAttribute("role", "grid");
  table.setAttribute("aria-multiselectable", "true");
  const rows = rowsOf();
  rows.forEach(row => {
    row.tabIndex = -1;
    cellsOf(row).forEach(cell => {
      cell.tabIndex = -1;
      if (!isEditable(cell)) {
        cell.setAttribute("aria-readonly", "true");
      }
    });
    mark(row, picked.has(row.dataset["key"] ?? ""));
  });
  const first = rows[0] && cellsOf(rows[0])[0];
  if (first) {
    first.tabIndex = 0;
  }
  say();
}

const cellAt = (target: EventTarget | null): HTMLTableCellElement | null => (target instanceof HTMLElement ? target.closest<HTMLTableCellElement>("table.records td[data-field]") : null);

function step(cell: HTMLTableCellElement, where: string): void {
  const row = cell.closest("tr")!;
  const [rows, cells] = [rowsOf(), cellsOf(row)];
  const [y, x] = [rows.indexOf(row), cells.indexOf(cell)];
  const go = (r: HTMLTableRowElement | undefined, i: number): void => (r && cellsOf(r)[i] ? cellsOf(r)[i]!.focus() : cell.focus());
  switch (where) {
    case "down": return go(rows[y + 1], x);
    case "up": return go(rows[y - 1], x);
    case "left": return x > 0 ? go(row, x - 1) : go(rows[y - 1], cells.length - 1);
    case "right": return x < cells.length - 1 ? go(row, x + 1) : go(rows[y + 1], 0);
    case "home": return go(row, 0);
    case "end": return go(row, cells.length - 1);
    case "top": return go(rows[0], x);
    case "bottom": return go(rows.at(-1), x);
  }
}

const arrows: Record<string, string> = { ArrowDown: "down", ArrowUp: "up", ArrowLeft: "left", ArrowRight: "right", Home: "home", End: "end" };

function keyed(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.defaultPrevented || event.altKey) {
    return;
  }
  if (target.matches("table.records td[data-field]")) {
    inCell(event, target as HTMLTableCellElement);
  } else if (target.matches("table.records tbody tr")) {
    inRow(event, target as HTMLTableRowElement);
  } else if (singleKeys(event) && (event.key === "j" || event.key === "k")) {
    const row = target.closest<HTMLTableRowElement>("table.records tbody tr");
    focusRow(row ?? null, event.key === "j" ? 1 : -1);
  }
}

function inCell(event: KeyboardEvent, cell: HTMLTableCellElement): void {
  const control = event.ctrlKey || event.metaKey;
  const where = control && event.key === "Home" ? "top" : control && event.key === "End" ? "bottom" : arrows[event.key];
  if (where) {
    event.preventDefault();
    step(cell, where);
  } else if (event.key === "Escape") {
    event.preventDefault();
    cell.closest("tr")!.focus();
  } else if (event.key === "F2" || event.key === "Enter") {
    event.preventDefault();
    if (event.key === "Enter" && !isEditable(cell)) {
      one<HTMLAnchorElement>("a", cell)?.click();
    } else {
      beginEdit(cell);
    }
  } else if (!control && event.key.length === 1 && isEditable(cell) && !editOf(cell) && event.key !== " ") {
    // The control has the focus before the key arrives, so the browser itself types it there.
    beginEdit(cell);
  } else if (event.key === " " && event.shiftKey) {
    event.preventDefault();
    toggle(cell.closest("tr")!);
  }
}

function inRow(event: KeyboardEvent, row: HTMLTableRowElement): void {
  const single = singleKeys(event);
  if (event.key === "ArrowDown" || event.key === "ArrowUp" || (single && (event.key === "j" || event.key === "k"))) {
    event.preventDefault();
    focusRow(row, event.key === "ArrowDown" || event.key === "j" ? 1 : -1);
  } else if (event.key === "ArrowRight" || event.key === "F2") {
    event.preventDefault();
    cellsOf(row)[0]?.focus();
  } else if (event.key === "Enter" || (single && event.key === "e")) {
    event.preventDefault();
    one<HTMLAnchorElement>("td.opens a", row)?.click();
  } else if (event.key === " " || (single && event.key.toLowerCase() === "x")) {
    event.preventDefault();
    event.shiftKey ? pick(row, true, true) : toggle(row);
  }
}

function focusRow(from: HTMLTableRowElement | null, by: number): void {
  const rows = rowsOf();
  const row = rows[from ? rows.indexOf(from) + by : by > 0 ? 0 : rows.length - 1];
  if (row) {
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }
}

function toggle(row: HTMLTableRowElement): void {
  pick(row, !picked.has(row.dataset["key"] ?? ""), false);
}

function pick(row: HTMLTableRowElement, on: boolean, range: boolean): void {
  const rows = rowsOf();
  const from = range && lastPicked?.isConnected ? rows.indexOf(lastPicked) : rows.indexOf(row);
  const to = rows.indexOf(row);
  rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(r => mark(r, on));
  lastPicked = row;
  say();
}

function mark(row: HTMLTableRowElement, on: boolean): void {
  const key = row.dataset["key"];
  const box = one<HTMLInputElement>("[data-pick]", row);
  if (key === undefined || !box) {
    return;
  }
  on ? picked.add(key) : picked.delete(key);
  box.checked = on;
  row.setAttribute("aria-selected", String(on));
}

function say(): void {
  const line = one("[data-picked]");
  if (line) {
    line.hidden = picked.size === 0;
    line.textContent = picked.size === 0 ? "" : `${picked.size} selected`;
  }
  const all_ = one<HTMLInputElement>("[data-pick-all]");
  if (all_) {
    const here = rowsOf().filter(r => picked.has(r.dataset["key"] ?? "")).length;
    all_.checked = here > 0 && here === rowsOf().length;
    all_.indeterminate = here > 0 && !all_.checked;
  }
  if (picked.size > 0) {
    announce(`${picked.size} selected.`);
  }
}
