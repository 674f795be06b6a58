// Lists: cells change where they stand; rows come, move and go only when the person asks for it.

import { carryEdits, editOf, fillBy } from "./celledit";
import { carried, columnOf, setValueOfCell } from "./column";
import { all, announce, cursorOf, fetchPage, glow, make, one, withData } from "../dom";
import { onChange, onReset, watchAgain, type LiveChange, type LiveField } from "../live";

const longText = 90;
const arrived = { insert: new Set<string>(), moved: new Set<string>(), delete: new Set<string>() };

export function startList(): void {
  const sheet = one("[data-list]");
  if (!sheet) {
    return;
  }
  const table = sheet.dataset["list"]!;
  sessionStorage.setItem(`tandem.list.${table}`, location.search);
  restorePlace(table);
  fillBy(fill);
  onChange(change => change.table === table && apply(change));
  onReset(() => reload());
  one("[data-arrivals]")?.addEventListener("click", () => void reload());
}

function apply(change: LiveChange): void {
  const row = one<HTMLTableRowElement>(`tr${withData("key", change.key)}`);
  switch (change.kind) {
    case "update":
      if (row) {
        update(row, change);
      }
      return;
    case "delete":
      arrived.insert.delete(change.key);
      if (row) {
        row.classList.add("gone");
        arrived.delete.add(change.key);
      }
      break;
    case "insert":
      if (row) {
        row.classList.remove("gone");
        arrived.delete.delete(change.key);
      } else {
        arrived.insert.add(change.key);
      }
      break;
    case "moved":
      if (!arrived.insert.has(change.key)) {
        arrived.moved.add(change.key);
      }
      break;
  }
  showArrivals();
}

function update(row: HTMLTableRowElement, change: LiveChange): void {
  for (const [name, field] of Object.entries(change.fields ?? {})) {
    const cell = one<HTMLTableCellElement>(`td${withData("field", name)}`, row);
    const edit = cell && editOf(cell);
    if (edit) {
      edit.theirs(field, change.by, change.at);
    } else if (cell && fill(cell, field)) {
      glow(cell);
    }
  }
  if (change.moves) {
    arrived.moved.add(change.key);
    showArrivals();
  }
}

/** @returns Whether the cell says something else now. */
function fill(cell: HTMLTableCellElement, field: LiveField): boolean {
  const whole = field.label ?? field.text;
  const text = whole.length > longText ? `${whole.slice(0, longText)}…` : whole;
  const before = cell.textContent;
  setValueOfCell(cell, carried(columnOf(cell)?.type ?? "", field.input));
  const link = one<HTMLAnchorElement>("a", cell);
  cell.title = whole.length > longText ? whole.slice(0, 1000) : "";
  if (cell.classList.contains("opens") && link) {
    link.textContent = text === "" ? "–" : text;
  } else if (field.input === null) {
    cell.replaceChildren(make("span", { className: "dash", textContent: "–", ariaLabel: "empty" }));
  } else if (field.href !== null && link) {
    link.href = field.href;
    link.textContent = text;
  } else {
    cell.replaceChildren(field.href === null ? text : make("a", { href: field.href, textContent: text }));
  }
  return cell.textContent !== before;
}

function showArrivals(): void {
  const button = one("[data-arrivals]");
  if (!button) {
    return;
  }
  const parts: string[] = [];
  const say = (count: number, what: string) => count > 0 && parts.push(`${count} ${what}${parts.length === 0 ? (count === 1 ? " record" : " records") : ""}`);
  say(arrived.insert.size, "new");
  // Where groups stand in place of records, nothing moves; figures change.
  say(arrived.moved.size, one("[data-groups]") ? "changed" : "moved");
  say(arrived.delete.size, "deleted");
  button.hidden = parts.length === 0;
  const text = parts.join(", ");
  if (text && !button.textContent?.startsWith(text)) {
    announce(`${text}. Use the button to show them.`);
  }
  button.textContent = `${text} · show`;
}

export async function reload(): Promise<void> {
  const sheet = one("#sheet");
  sheet?.classList.add("loading");
  try {
    const page = await fetchPage();
    if (!page) {
      return;
    }
    const scroll = one(".scroll")?.scrollLeft ?? 0;
    const back = focusedCell(sheet);
    const carryOn = carryEdits();
    for (const selector of ["#sheet", "#foot", "[data-total]"]) {
      const [fresh, old] = [page.querySelector(selector), one(selector)];
      if (fresh && old) {
        old.replaceWith(document.adoptNode(fresh));
      }
    }
    document.dispatchEvent(new Event("list-read"));
    back();
    carryOn();
    const newScroll = one(".scroll");
    if (newScroll) {
      newScroll.scrollLeft = scroll;
    }
    const fresh = [...arrived.insert, ...arrived.moved];
    Object.values(arrived).forEach(a => a.clear());
    showArrivals();
    fresh.forEach(key => all(`tr${withData("key", key)} td`).forEach(glow));
    await watchAgain(cursorOf(page));
  } finally {
    one("#sheet")?.classList.remove("loading");
  }
}

/** Whoever stands in a cell stands in it afterwards, though its row was read anew. */
function focusedCell(sheet: HTMLElement | null): () => void {
  const cell = document.activeElement instanceof HTMLElement && sheet?.contains(document.activeElement) ? document.activeElement.closest<HTMLElement>("td[data-field]") : null;
  const [key, field] = [cell?.closest<HTMLElement>("tr")?.dataset["key"], cell?.dataset["field"]];
  return () => {
    if (key !== undefined && field !== undefined) {
      one(`tr${withData("key", key)} td${withData("field", field)}`)?.focus({ preventScroll: true });
    }
  };
}

/** Back from a record: the list stands where it was left. */
function restorePlace(table: string): void {
  const name = `tandem.place.${table}${location.search}`;
  const place = Number(sessionStorage.getItem(name) ?? 0);
  if (place > 0 && sessionStorage.getItem("tandem.return") === table) {
    scrollTo(0, place);
  }
  sessionStorage.removeItem("tandem.return");
  addEventListener("pagehide", () => sessionStorage.setItem(name, String(scrollY)));
}
