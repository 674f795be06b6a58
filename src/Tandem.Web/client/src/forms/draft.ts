// What was typed is kept in this browser as it is typed, for this user, this table and this record, until it is saved or given up.

import type { Value } from "../edit";

export interface DraftField {
  readonly base: Value;
  readonly mine: Value;
  /** What the control shows in place of the value: the name of a reference. */
  readonly shown?: string;
}

export interface DraftRow {
  /** Null for a row that is new. */
  readonly key: string | null;
  readonly fields: Readonly<Record<string, DraftField>>;
  readonly removed?: boolean;
}

export interface Draft {
  readonly at: string;
  readonly page: string;
  /** Where a new record is made of it, when the record is gone. */
  readonly create: string | null;
  readonly fields: Readonly<Record<string, DraftField>>;
  readonly rows?: Readonly<Record<string, readonly DraftRow[]>>;
  /** Labels of what is not kept: files, and what is too long. */
  readonly left?: readonly string[];
}

const prefix = "tandem.draft:";
const longest = 500_000;
const longestOfAll = 4_000_000;
const days = 30;

export const draftKey = (database: string, user: string, table: string, key: string | null): string =>
  prefix + JSON.stringify([database, user, table, key]);

export function keepDraft(key: string, draft: Draft): void {
  const text = fit(draft);
  for (let attempt = 0; attempt < 8; attempt++) {
    try {
      localStorage.setItem(key, text);
      trim(key);
      return;
    } catch {
      // The browser gives no more room: the oldest goes first.
      if (!dropOldest(key)) {
        return;
      }
    }
  }
}

/** What is kept; nothing when it is too old or cannot be read. */
export function readDraft(key: string, now: number = Date.now()): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    if (draft && now - Date.parse(draft.at) < days * 86_400_000) {
      return draft;
    }
  } catch {
    // Not ours, or no storage at all.
  }
  dropDraft(key);
  return null;
}

export function dropDraft(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Without storage nothing was kept.
  }
}

/** Drafts of one user, newest first. */
export function draftsOf(database: string, user: string): readonly (readonly [string, Draft])[] {
  const start = prefix + JSON.stringify([database, user]).slice(0, -1) + ",";
  return keys().filter(k => k.startsWith(start)).flatMap(k => {
    const draft = readDraft(k);
    return draft ? [[k, draft] as const] : [];
  }).sort(([, a], [, b]) => b.at.localeCompare(a.at));
}

/** The form went to the server: the page that says it is stored lets the draft go. */
export const draftSent = (key: string): void => sessionStorage.setItem("tandem.sent", key);

export function dropStored(): void {
  const key = sessionStorage.getItem("tandem.sent");
  sessionStorage.removeItem("tandem.sent");
  if (key && new URLSearchParams(location.search).has("did")) {
    dropDraft(key);
  }
}

/** Too long a draft loses its longest fields, and says so. */
export function fit(draft: Draft): string {
  let text = JSON.stringify(draft);
  while (text.length > longest) {
    const size = (f: DraftField): number => (f.mine?.length ?? 0) + (f.base?.length ?? 0);
    const [name] = Object.entries(draft.fields).sort(([, a], [, b]) => size(b) - size(a))[0] ?? [];
    if (name === undefined) {
      return JSON.stringify({ ...draft, rows: {}, left: [...(draft.left ?? []), "lines"] });
    }
    draft = { ...draft, fields: Object.fromEntries(Object.entries(draft.fields).filter(([n]) => n !== name)), left: [...(draft.left ?? []), name] };
    text = JSON.stringify(draft);
  }
  return text;
}

function keys(): string[] {
  try {
    return Object.keys(localStorage).filter(k => k.startsWith(prefix));
  } catch {
    return [];
  }
}

function trim(kept: string): void {
  keys().forEach(k => readDraft(k));
  while (keys().reduce((sum, k) => sum + (localStorage.getItem(k)?.length ?? 0), 0) > longestOfAll && dropOldest(kept)) {
    // One at a time, until the rest fits.
  }
}

function dropOldest(kept: string): boolean {
  const at = (k: string): string => (JSON.parse(localStorage.getItem(k) ?? "{}") as Partial<Draft>).at ?? "";
  const [oldest] = keys().filter(k => k !== kept).sort((a, b) => at(a).localeCompare(at(b)));
  if (oldest === undefined) {
    return false;
  }
  dropDraft(oldest);
  return true;
}
