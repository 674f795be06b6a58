// Saving: only my fields travel, each with the value I started from.

import type { FieldPanel } from "./field";
import { objectOf } from "./unit";

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
  | { readonly kind: "saved"; readonly stored: Readonly<Record<string, unknown>> | null }
  | { readonly kind: "conflict"; readonly conflicts: readonly ServerConflict[] }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly text: string; readonly errors: readonly Refusal[] };

export async function save(address: string, fields: readonly FieldPanel[]): Promise<Outcome> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: "PATCH",
      headers: { "Content-Type": "application/vnd.tandem.patch+json", "X-Tandem": "1" },
      body: `{"set":${objectOf(fields, f => f.mine)},"base":${objectOf(fields, f => f.base)}}`,
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
