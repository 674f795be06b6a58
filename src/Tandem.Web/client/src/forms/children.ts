// The records that belong to the one on the page, as its form sees them.
import type { DraftRow } from "./draft";
import type { FieldPanel } from "./field";
import type { Part } from "./unit";

export interface ChildTable {
  readonly table: string;
  readonly modified: number;
  readonly conflicts: number;
  /** Every cell that may be typed into. */
  readonly fields: readonly FieldPanel[];
  parts(parent: string | null, isTrial: boolean): readonly Part[];
  /** The first field that cannot be sent, with its fault said. */
  fault(): FieldPanel | undefined;
  /** What is still to be decided, to go there. */
  undecided(): HTMLElement | null;
  revert(): void;
  drafts(): readonly DraftRow[];
  restore(rows: readonly DraftRow[]): void;
  /** The page was read again. */
  readAgain(page: Document): void;
}
