// Several writes as one, all or none, each guarded by what it started from; and taking an operation back.

import { ownHeaders } from "./wire";

/** A write's place among those sent, in what is said of it. */
export interface Place {
  readonly write: number;
}

export interface UnitError extends Place {
  readonly field: string;
  readonly message: string;
}

export interface UnitConflict extends Place {
  readonly field: string;
  readonly base: unknown;
  readonly mine: unknown;
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

/** What became of a unit. */
export interface UnitAnswer {
  /** Zero where there was no answer at all. */
  readonly status: number;
  readonly isSaved: boolean;
  /** A sentence for people where it was not done; empty where it was. */
  readonly detail: string;
  /** What the journal calls it, for taking it back. */
  readonly operation: string;
  readonly results: readonly (UnitResult | null)[];
  readonly errors: readonly UnitError[];
  readonly conflicts: readonly UnitConflict[];
  readonly gone: readonly UnitGone[];
}

export interface UnitOptions {
  /** Whether the writes are only tried. Default: no. */
  readonly isTrial?: boolean;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

const patience = 60_000;
const longestKeptAlive = 30_000;

/** Sends writes, each as JSON. Null when the signal ended it. */
export const sendUnit = (writes: readonly string[], options: UnitOptions = {}): Promise<UnitAnswer | null> =>
  send("/api/units", `{"try":${options.isTrial === true},"writes":[${writes.join(",")}]}`, options.signal);

/** Takes an operation back, guarded: what others changed since stays, and is said. */
export const undoUnit = async (operation: string): Promise<UnitAnswer> => (await send("/api/units/undo", JSON.stringify({ operation })))!;

async function send(address: string, body: string, signal?: AbortSignal): Promise<UnitAnswer | null> {
  const nothing = { status: 0, isSaved: false, detail: "", operation: "", results: [], errors: [], conflicts: [], gone: [] };
  const limit = AbortSignal.timeout(patience);
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { ...ownHeaders(), "Content-Type": "application/json" },
      body,
      // A small write outlives the page that sent it.
      keepalive: body.length < longestKeptAlive,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch {
    return signal?.aborted ? null : { ...nothing, detail: "The server did not answer. What you typed stays here; save again when it is back." };
  }
  const said = (await answer.json().catch(() => ({}))) as Partial<UnitAnswer>;
  const detail = answer.ok ? ""
    : answer.status === 401 ? "You are signed out. Sign in again in another tab, then save; what you typed stays here."
    : (said.detail ?? "Nothing was saved. Try again in a moment.");
  return { ...nothing, ...said, status: answer.status, isSaved: answer.ok, detail };
}
