// A list that the server keeps up: its rows, and what changed in them.

import type { LiveConnection } from "./connection";
import type { ListMessage, ListRow, ListRowChange } from "./messages";
import { queryText, type ListQuery } from "./rest";

/** What happened to a list: all rows are new, or these changes happened to it in this order. */
export interface ListEvent {
  readonly rows: readonly ListRow[];
  /** Null when the rows were read anew. */
  readonly changes: readonly ListRowChange[] | null;
}

/** Rows after one change. Pure. */
export function applyChange(rows: readonly ListRow[], change: ListRowChange): ListRow[] {
  const next = [...rows];
  switch (change.kind) {
    case "insert":
      next.splice(change.index, 0, change.row!);
      break;
    case "update":
      next[change.index] = change.row!;
      break;
    case "move":
      next.splice(change.from!, 1);
      next.splice(change.index, 0, change.row!);
      break;
    case "remove":
      next.splice(change.index, 1);
      break;
  }
  return next;
}

/** Follows a list. @returns What ends it. */
export function watchList(
  connection: LiveConnection, table: string, query: ListQuery | string, fields: readonly string[] | null,
  listener: (event: ListEvent) => void, refused: (reason: string) => void,
): () => void {
  let rows: ListRow[] = [];
  const registration = connection.register({ table, fields, query: typeof query === "string" ? query : queryText(query) }, {
    list: (message: ListMessage) => {
      rows = message.rows ? [...message.rows] : (message.changes ?? []).reduce(applyChange, rows);
      listener({ rows, changes: message.changes });
    },
    refused,
  });
  return () => registration.remove();
}
