// The API as the client speaks it: saves are guarded by what they were based on, and answers are values.

import type { Value } from "../edit";
import { objectOf, wireOf } from "./wire";

/** What is wrong with one field. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** A field that changed on both sides. */
export interface ConflictProblem {
  readonly field: string;
  readonly theirs: Value;
  readonly by: string | null;
  readonly at: string | null;
}

/** What became of a save. */
export type SaveOutcome =
  | { readonly kind: "saved"; readonly key: string; readonly stored: Readonly<Record<string, Value>> }
  | { readonly kind: "conflict"; readonly conflicts: readonly ConflictProblem[] }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly text: string; readonly errors: readonly FieldProblem[] };

/** A field as the table's schema describes it. */
export interface FieldInfo {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly nullable: boolean;
  readonly readOnly: boolean;
}

/** The order, filter and length of a list, in the words of the API. */
export interface ListQuery {
  /** For instance `status eq 'open' and price gt 3`. */
  readonly filter?: string;
  /** For instance `name desc, id`. */
  readonly orderBy?: string;
  /** How many rows, from 1 to 1000. Default: 50. */
  readonly first?: number;
}

const headers = { "X-Tandem": "1" };
const patience = 20_000;

const address = (table: string, key?: string): string => {
  const name = table === "." || table === ".." || table.startsWith("~") ? `~${encodeURIComponent(table)}` : encodeURIComponent(table);
  return `/api/tables/${name}${key === undefined ? "" : `/${["new", "options", "schema", "changes"].includes(key) ? `~${key}` : key}`}`;
};

/** A list's part of an address. */
export function queryText(query: ListQuery): string {
  const text = new URLSearchParams();
  if (query.filter) {
    text.set("$filter", query.filter);
  }
  if (query.orderBy) {
    text.set("$orderby", query.orderBy);
  }
  if (query.first) {
    text.set("$first", String(query.first));
  }
  return text.toString();
}

/** The fields of a table. */
export async function schemaOf(table: string): Promise<readonly FieldInfo[]> {
  const answer = await fetch(`${address(table)}/schema`, { headers, signal: AbortSignal.timeout(patience) });
  if (!answer.ok) {
    throw new Error(`The fields of '${table}' cannot be read: ${((await answer.json().catch(() => ({}))) as { detail?: string }).detail ?? answer.statusText}`);
  }
  const { fields } = (await answer.json()) as { fields: readonly FieldInfo[] };
  return fields.map(f => ({ ...f, type: f.type.charAt(0).toUpperCase() + f.type.slice(1) }));
}

/** Sends the changed fields of a record, each with the value it is based on. */
export const save = (table: string, key: string, types: Readonly<Record<string, string>>, set: Readonly<Record<string, Value>>, base: Readonly<Record<string, Value>>): Promise<SaveOutcome> =>
  send("PATCH", address(table, key), "application/vnd.tandem.patch+json", `{"set":${body(types, set)},"base":${body(types, base)}}`, types, key);

/** Adds a record. Fields left out get their defaults. */
export const create = (table: string, types: Readonly<Record<string, string>>, values: Readonly<Record<string, Value>>): Promise<SaveOutcome> =>
  send("POST", address(table), "application/json", body(types, values), types, "");

/** Deletes a record. */
export async function remove(table: string, key: string): Promise<SaveOutcome> {
  return send("DELETE", address(table, key), null, null, {}, key);
}

async function send(
  method: string, to: string, type: string | null, content: string | null, types: Readonly<Record<string, string>>, key: string,
): Promise<SaveOutcome> {
  let answer: Response;
  try {
    answer = await fetch(to, { method, headers: type ? { ...headers, "Content-Type": type } : headers, body: content, signal: AbortSignal.timeout(patience) });
  } catch {
    return { kind: "refused", text: "The server did not answer. What you typed stays here; save again when it is back.", errors: [] };
  }
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown> & { detail?: string; errors?: FieldProblem[]; conflicts?: (ConflictProblem & { theirs: unknown })[] };
  switch (answer.status) {
    case 200:
    case 201:
    case 204:
      return {
        kind: "saved",
        key: answer.headers.get("Location")?.split("/").at(-1) ?? key,
        stored: Object.fromEntries(Object.entries(said).filter(([f]) => f in types).map(([f, v]) => [f, wireOf(types[f]!, v)])),
      };
    case 409:
    case 412:
      return { kind: "conflict", conflicts: (said.conflicts ?? []).map(c => ({ ...c, theirs: wireOf(types[c.field] ?? "Text", c.theirs) })) };
    case 404:
    case 410:
      return { kind: "gone" };
    case 401:
      return { kind: "refused", text: "You are signed out. Sign in again in another tab, then save; what you typed stays here.", errors: [] };
    default:
      return { kind: "refused", text: `Nothing is saved yet. ${said.errors ? "See the marked fields." : (said.detail ?? "Try again in a moment.")}`, errors: said.errors ?? [] };
  }
}

const body = (types: Readonly<Record<string, string>>, values: Readonly<Record<string, Value>>): string =>
  objectOf(Object.entries(values).map(([field, value]) => [field, types[field] ?? "Text", value]));
