// Saving a record with those that belong to it: one unit, one list of what stands in the way.

import { sendUnit, type UnitError } from "../lib/unit";
import { wireOf } from "../lib/wire";
import type { Part } from "./unit";

/** What became of a save. The parts know of their own conflicts and errors. */
export type Outcome =
  | { readonly kind: "saved"; readonly operation: string }
  | { readonly kind: "conflict" }
  /** The errors are those that no field of the page stands for. */
  | { readonly kind: "refused"; readonly text: string; readonly errors: readonly UnitError[] };

/** Saves and tells each part what became of it. What others did meanwhile just as it was wanted needs no writing: then the rest is sent once more. */
export async function saveUnit(parts: readonly Part[], created: (key: string) => void): Promise<Outcome> {
  const answer = await sendUnit(parts.map(p => p.json));
  if (answer?.status === 422) {
    const inTheWay = (i: number): boolean => answer.errors.length === 0 || answer.errors.some(e => e.write === i);
    const done = await Promise.all(parts.map(async (p, i) => inTheWay(i) && (await p.isDone?.()) === true));
    if (done.includes(true)) {
      const left = parts.filter((_, i) => !done[i]);
      return left.length > 0 ? await saveUnit(left, created) : { kind: "saved", operation: "" };
    }
  }
  switch (answer?.status) {
    case 200:
      parts.forEach((part, i) => answer.results[i] && part.saved(answer.results[i]));
      if (parts[0]?.json.includes('"as":"parent"') && answer.results[0]) {
        created(answer.results[0].key);
      }
      return { kind: "saved", operation: answer.operation };
    case 409:
      for (const conflict of answer.conflicts) {
        const field = parts[conflict.write]?.field(conflict.field);
        const theirs = wireOf(field?.type ?? "", conflict.theirs);
        field?.follow(theirs, theirs ?? "", null, conflict.by, conflict.at);
      }
      answer.gone.forEach(g => parts[g.write]?.gone(g.by, g.at));
      return { kind: "conflict" };
    case 422: {
      const homeless = answer.errors.filter(e => {
        const field = parts[e.write]?.field(e.field);
        field?.error(e.message);
        return !field;
      });
      return { kind: "refused", text: `Nothing is saved yet.${homeless.length < answer.errors.length ? " See the marked fields." : ""}`, errors: homeless };
    }
    case 0:
    case 401:
      return { kind: "refused", text: answer.detail, errors: [] };
    default:
      return { kind: "refused", text: `Nothing is saved yet. ${answer?.detail ?? ""}`, errors: [] };
  }
}
