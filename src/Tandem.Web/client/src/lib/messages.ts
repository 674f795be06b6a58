// What goes over the live connection, in both directions.

/** A changed field in the forms a page needs. */
export interface LiveField {
  /** What people call the field. */
  readonly name: string;
  /** The value as people read it; empty for null. */
  readonly text: string;
  /** The value as inputs carry it; null for null. */
  readonly input: string | null;
  /** The value before, as people read it; null where it is not known. */
  readonly before: string | null;
  /** For a reference, what people call its target. */
  readonly label: string | null;
  /** For a reference, the address of its target. */
  readonly href: string | null;
}

/** Fields by name. */
export type LiveFields = Readonly<Record<string, LiveField>>;

/** One committed change as pages hear of it. */
export interface LiveChange {
  readonly table: string;
  /** The record's key as addresses carry it. */
  readonly key: string;
  /** `moved`: a record not shown may belong to the list now. `reset`: what happened in between cannot be listed. */
  readonly kind: "insert" | "update" | "delete" | "reset" | "moved";
  readonly by: string;
  /** When, as ISO 8601. */
  readonly at: string;
  /** Rises for each record. */
  readonly sequence: number;
  readonly fields: LiveFields | null;
  /** Whether a shown record may stand elsewhere in the list now, or no longer in it. */
  readonly moves: boolean;
}

/** A row of a list that the server keeps up. */
export interface ListRow {
  readonly key: string;
  readonly fields: LiveFields;
}

/** One change of such a list, to the rows as the change before left them. */
export interface ListRowChange {
  readonly kind: "insert" | "update" | "move" | "remove";
  /** Where the row is after the change; for a removal, where it was. */
  readonly index: number;
  /** For a move, where it was. */
  readonly from: number | null;
  readonly row: ListRow | null;
  /** For an update or a move, the fields that differ. */
  readonly changed: readonly string[] | null;
}

/** What a page is told of a list: all rows, or what changed. */
export interface ListMessage {
  readonly id: string;
  readonly cursor: string;
  readonly rows: readonly ListRow[] | null;
  readonly changes: readonly ListRowChange[] | null;
}

/** A part of a page that is to be live. */
export interface Part {
  readonly table: string;
  /** The records shown, as addresses carry keys. */
  readonly keys?: readonly string[];
  /** The fields shown; all when left out. */
  readonly fields?: readonly string[] | null;
  /** Whether records that are not shown matter too. Default: no. */
  readonly whole?: boolean;
  /** For a list page, its own address after the question mark. */
  readonly search?: string | null;
  /** For a list that the server keeps up: `$filter`, `$orderby` and `$first` as in the API. */
  readonly query?: string;
  /** Whether the records' values are wanted at once. Default: no, since the server rendered them. */
  readonly now?: boolean;
}

export interface RegisterAnswer {
  /** Where the feed stood. */
  readonly cursor: string;
  readonly schemaVersion: number;
  readonly node: string;
  readonly parts: number;
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  readonly now: readonly { readonly id: string; readonly key: string; readonly fields: LiveFields | null }[];
}
