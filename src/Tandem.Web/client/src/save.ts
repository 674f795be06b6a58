// Saving: only my fields travel, each with the value I started from.

import type { Value } from "./edit";
import type { FieldPanel } from "./field";

export interface Refusal {
  readonly field: string;
  readonly message: string;
}

export interface ServerConflict {
  readonly field: string;
  readonly theirs: unknown;
  readonly by: string | null;
  readonly at: string | null;
}

export type Outcome =
  | { readonly kind: "saved"; readonly stored: Readonly<Record<string, unknown>> }
  | { readonly kind: "conflict"; readonly conflicts: readonly ServerConflict[] }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly text: string; readonly errors: readonly Refusal[] };

export async function save(address: string, fields: readonly FieldPanel[]): Promise<Outcome> {
  const part = (value: (f: FieldPanel) => Value): string => `{${fields.map(f => `${JSON.stringify(f.name)}:${encode(f.type, value(f))}`).join(",")}}`;
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: "PATCH",
      headers: { "Content-Type": "application/vnd.tandem.patch+json", "X-Tandem": "1" },
      body: `{"set":${part(f => f.mine)},"base":${part(f => f.base)}}`,
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    return { kind: "refused", text: "The server did not answer. What you typed stays here; save again when it is back.", errors: [] };
  }
  const body = (await answer.json().catch(() => ({}))) as { detail?: string; errors?: Refusal[]; conflicts?: ServerConflict[] } & Record<string, unknown>;
  switch (answer.status) {
    case 200:
      return { kind: "saved", stored: body };
    case 409:
    case 412:
      return { kind: "conflict", conflicts: body.conflicts ?? [] };
    case 404:
    case 410:
      return { kind: "gone" };
    case 401:
      return { kind: "refused", text: "You are signed out. Sign in again in another tab, then save; what you typed stays here.", errors: [] };
    default:
      return { kind: "refused", text: `Nothing is saved yet. ${body.errors ? "See the marked fields." : (body.detail ?? "Try again in a moment.")}`, errors: body.errors ?? [] };
  }
}

/** A value of an answer as the text that inputs carry. */
export function wireOf(type: string, value: unknown): Value {
  if (value === null || value === undefined) {
    return null;
  }
  return typeof value === "object" || type === "Json" ? JSON.stringify(value) : type === "Instant" ? String(value).replace(/Z$/, "") : String(value);
}

// JSON goes as it was typed, so that no digit is lost on the way; everything else goes as a text the server reads by type.
function encode(type: string, value: Value): string {
  return value === null ? "null" : type === "Json" ? value : JSON.stringify(value);
}
