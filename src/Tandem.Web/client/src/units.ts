// Several writes as one, all or none, each guarded by what it started from.

import type { Value } from "./edit";

export interface UnitWrite {
  readonly table: string;
  readonly key: string;
  /** Fields and their values as JSON, ready to travel. */
  readonly set: Readonly<Record<string, string>>;
  readonly base: Readonly<Record<string, string>>;
}

export interface UnitConflict {
  readonly write: number;
  readonly field: string;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly by: string | null;
  readonly at: string | null;
}

export interface UnitAnswer {
  readonly ok: boolean;
  /** A sentence for people when it is not. */
  readonly detail: string;
  readonly operation: string;
  readonly results: readonly ({ readonly key: string; readonly record?: Readonly<Record<string, unknown>> } | null)[];
  readonly errors: readonly { readonly write: number; readonly field: string; readonly message: string }[];
  readonly conflicts: readonly UnitConflict[];
  readonly gone: readonly { readonly write: number; readonly by: string | null }[];
}

export const sendUnit = (writes: readonly UnitWrite[], trial = false): Promise<UnitAnswer> => send("/api/units", `{"try":${trial},"writes":[${writes.map(encode).join(",")}]}`);

export const undoUnit = (operation: string): Promise<UnitAnswer> => send("/api/units/undo", JSON.stringify({ operation }));

/** JSON goes as it was typed, so that no digit is lost on the way; everything else goes as a text the server reads by type. Throws where JSON is none. */
export function wire(type: string, value: Value): string {
  if (value === null) {
    return "null";
  }
  if (type === "Json" || type === "Array") {
    JSON.parse(value);
    return value;
  }
  return JSON.stringify(value);
}

const fields = (all: Readonly<Record<string, string>>): string => `{${Object.entries(all).map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;

const encode = (write: UnitWrite): string => `{"table":${JSON.stringify(write.table)},"key":${JSON.stringify(write.key)},"set":${fields(write.set)},"base":${fields(write.base)}}`;

async function send(address: string, body: string): Promise<UnitAnswer> {
  const nothing = { ok: false, detail: "", operation: "", results: [], errors: [], conflicts: [], gone: [] };
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Tandem": "1" },
      body,
      signal: AbortSignal.timeout(60_000),
    });
  } catch {
    return { ...nothing, detail: "The server did not answer. What you typed stays here; save again when it is back." };
  }
  const said = (await answer.json().catch(() => ({}))) as Partial<UnitAnswer>;
  const detail = answer.status === 401 ? "You are signed out. Sign in again in another tab, then save; what you typed stays here." : (said.detail ?? "Nothing was saved. Try again in a moment.");
  return { ...nothing, ...said, ok: answer.ok, detail: answer.ok ? "" : detail };
}
