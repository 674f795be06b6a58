// Cells as writes: each record's changed fields, guarded by what they started from.

import type { Value } from "../edit";
import { objectOf } from "../lib/wire";

export interface CellChange {
  readonly field: string;
  readonly type: string;
  readonly base: Value;
  readonly value: Value;
}

/** The write of one record as JSON. */
export const cellWrite = (table: string, key: string, changes: readonly CellChange[]): string =>
  `{"table":${JSON.stringify(table)},"key":${JSON.stringify(key)},"set":${objectOf(changes.map(c => [c.field, c.type, c.value]))},"base":${objectOf(changes.map(c => [c.field, c.type, c.base]))}}`;
