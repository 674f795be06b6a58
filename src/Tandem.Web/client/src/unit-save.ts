// Saving a record with those that belong to it: one unit, one list of what stands in the way.

import type { Outcome } from "./save";
import { sendUnit, wireOf, type Part } from "./unit";

/** Saves and tells each part what became of it. */
export async function saveUnit(parts: readonly Part[], created: (key: string) => void): Promise<Outcome> {
  const answer = await sendUnit(parts, false, new AbortController().signal);
  switch (answer?.status) {
    case 200:
      parts.forEach((part, i) => answer.results[i] && part.saved(answer.results[i]));
      if (parts[0]?.json.includes('"as":"parent"') && answer.results[0]) {
        created(answer.results[0].key);
      }
      return { kind: "saved", stored: null };
    case 409:
      for (const conflict of answer.conflicts) {
        const field = parts[conflict.write]?.field(conflict.field);
        const theirs = wireOf(field?.type ?? "", conflict.theirs);
        field?.follow(theirs, theirs ?? "", null, conflict.by, conflict.at);
      }
      answer.gone.forEach(g => parts[g.write]?.gone(g.by, g.at));
      return { kind: "conflict", conflicts: [] };
    case 422: {
      const homeless = answer.errors.filter(e => {
        const field = parts[e.write]?.field(e.field);
        field?.error(e.message);
        return !field;
      });
      return { kind: "refused", text: `Nothing is saved yet.${homeless.length < answer.errors.length ? " See the marked fields." : ""}`, errors: homeless };
    }
    case 401:
      return { kind: "refused", text: "You are signed out. Sign in again in another tab, then save; what you typed stays here.", errors: [] };
    case 0:
    case undefined:
      return { kind: "refused", text: "The server did not answer. What you typed stays here; save again when it is back.", errors: [] };
    default:
      return { kind: "refused", text: `Nothing is saved yet. ${answer?.detail ?? "Try again in a moment."}`, errors: [] };
  }
}
