// A unit of writes: what is sent together, and what the server says of each write.

import type { Value } from "./edit";
import type { FieldPanel } from "./field";

export interface Place {
  /** The write's place among those sent. */
  readonly write: number;
}

export interface UnitError extends Place {
  readonly field: string;
  readonly message: string;
}

export interface UnitConflict extends Place {
  readonly field: string;
  readonly theirs: unknown;
  readonly by: string | null;
  readonly at: string | null;
}

export interface UnitGone extends Place {
  readonly by: string | null;
  readonly at: string | null;
}

export interface UnitResult {
  readonly key: string;
  readonly record?: Readonly<Record<string, unknown>>;
}

export interface UnitAnswer {
  /** Zero where there was no answer at all. */
  readonly status: number;
  readonly detail: string | null;
  readonly results: readonly (UnitResult | null)[];
  readonly errors: readonly UnitError[];
  readonly conflicts: readonly UnitConflict[];
  readonly gone: readonly UnitGone[];
}

/** One write of a unit and those who hear what became of it. */
export interface Part {
  /** The write as JSON. */
  readonly json: string;
  /** What was sent, by field. */
  readonly sent: ReadonlyMap<FieldPanel, Sent>;
  field(name: string): FieldPanel | undefined;
  saved(result: UnitResult): void;
  gone(by: string | null, at: string | null): void;
}

export interface Sent {
  readonly mine: Value;
  readonly theirs: Value;
}

const nobody: UnitAnswer = { status: 0, detail: null, results: [], errors: [], conflicts: [], gone: [] };

/** Sends writes; only to be checked when it is a trial. Null when the signal ended it. */
export async function sendUnit(parts: readonly Part[], isTrial: boolean, signal: AbortSignal): Promise<UnitAnswer | null> {
  try {
    const answer = await fetch("/api/units", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Tandem": "1" },
      body: `{"try":${isTrial},"writes":[${parts.map(p => p.json).join(",")}]}`,
      signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
    });
    const body = (await answer.json().catch(() => ({}))) as Partial<UnitAnswer>;
    return { ...nobody, ...body, status: answer.status };
  } catch {
    return signal.aborted ? null : nobody;
  }
}

/** Fields and values as JSON. */
export const objectOf = (fields: readonly FieldPanel[], value: (f: FieldPanel) => Value): string =>
  `{${fields.map(f => `${JSON.stringify(f.name)}:${encode(f.type, value(f))}`).join(",")}}`;

// JSON goes as it was typed, so that no digit is lost on the way; everything else goes as a text the server reads by type.
export function encode(type: string, value: Value): string {
  return value === null ? "null" : type === "Json" ? value : JSON.stringify(value);
}

/** A value of an answer as the text that inputs carry. */
export function wireOf(type: string, value: unknown): Value {
  if (value === null || value === undefined) {
    return null;
  }
  return typeof value === "object" || type === "Json" ? JSON.stringify(value) : type === "Instant" ? String(value).replace(/Z$/, "") : String(value);
}

/** What was sent of some fields. */
export const sentOf = (fields: readonly FieldPanel[]): ReadonlyMap<FieldPanel, Sent> => new Map(fields.map(f => [f, { mine: f.mine, theirs: f.theirs }]));
