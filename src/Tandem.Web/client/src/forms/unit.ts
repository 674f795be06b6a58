// The writes that panels stand for, and who hears what became of each.

import type { Value } from "../edit";
import type { UnitResult } from "../lib/unit";
import * as wire from "../lib/wire";
import type { FieldPanel } from "./field";

/** One write of a unit and those who hear what became of it. */
export interface Part {
  /** The write as JSON. */
  readonly json: string;
  /** What was sent, by field. */
  readonly sent: ReadonlyMap<FieldPanel, Sent>;
  field(name: string): FieldPanel | undefined;
  saved(result: UnitResult): void;
  gone(by: string | null, at: string | null): void;
  /** Asked when a unit was refused: whether what this write wants has been done by somebody else. Left out: it has not. */
  isDone?(): Promise<boolean>;
}

export interface Sent {
  readonly mine: Value;
  readonly theirs: Value;
}

/** Fields and values as JSON. */
export const objectOf = (fields: readonly FieldPanel[], value: (f: FieldPanel) => Value): string => wire.objectOf(fields.map(f => [f.name, f.type, value(f)]));

/** What was sent of some fields. */
export const sentOf = (fields: readonly FieldPanel[]): ReadonlyMap<FieldPanel, Sent> => new Map(fields.map(f => [f, { mine: f.mine, theirs: f.theirs }]));
