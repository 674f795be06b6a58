// Who is in which cell of a list.

import { all, one, withData } from "../dom";
import { enterField, holderOf, leaveField, onLease, type LeaseMessage } from "../forms/lease";
import { connection } from "../live";

const held = new Map<string, LeaseMessage>();
const nameOf = (table: string, key: string, field: string): string => JSON.stringify([table, key, field]);

/** Begins on a list's page. */
export function startCellLeases(): void {
  if (!one("table[data-live-table]")) {
    return;
  }
  onLease(message => {
    const name = nameOf(message.table, message.key, message.field);
    if (message.owner === null || message.isMine) {
      held.delete(name);
    } else {
      held.set(name, message);
    }
    show(message);
  });
  connection.onState(state => {
    if (state !== "live") {
      held.clear();
      all("td[data-leased]").forEach(e => delete e.dataset["leased"]);
    }
  });
}

/** The rows are others now: who is in them is shown again. */
export const showCellLeases = (): void => held.forEach(show);

/** Somebody begins to edit a cell. @returns What ends it, and who holds the field alone meanwhile; null where nobody does. */
export function holdCell(table: string, key: string, field: string): { leave(): void; readonly holder: string | null } {
  let isOver = false;
  const lease = held.get(nameOf(table, key, field));
  void enterField(table, key, field).then(answer => {
    if (isOver && answer?.isMine) {
      leaveField(table, key, field);
    }
  });
  return {
    leave: () => {
      isOver = true;
      leaveField(table, key, field);
    },
    holder: lease?.isEnforced === true ? holderOf(lease) : null,
  };
}

function show(lease: LeaseMessage): void {
  const cell = one(`table${withData("live-table", lease.table)} tr${withData("key", lease.key)} td${withData("field", lease.field)}`);
  if (!cell) {
    return;
  }
  // Said by the style sheet, so that what the cell holds stays what it is.
  if (held.has(nameOf(lease.table, lease.key, lease.field))) {
    cell.dataset["leased"] = `${holderOf(lease)} is here`;
  } else {
    delete cell.dataset["leased"];
  }
}
