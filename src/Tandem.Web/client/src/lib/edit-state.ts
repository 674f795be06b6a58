// A record under edit: its fields, what is on its way to the server, and how far the changes were heard. Pure: each function
// gives a new draft. The same rules hold on the server; tests/shared/edit-cases.json proves both.

import * as edit from "../edit";
import type { FieldEdit, Value } from "../edit";

export interface EditState {
  /** The type of each field, as the table's schema names it. */
  readonly types: Readonly<Record<string, string>>;
  /** For each field: base (what the person started from), mine (what is shown once touched) and theirs. */
  readonly fields: Readonly<Record<string, FieldEdit>>;
  /** What was sent and is not answered yet; null when nothing is on its way. */
  readonly submitted: Readonly<Record<string, Value>> | null;
  /** Fields of which something newer was heard while a save was on its way. */
  readonly overtaken: ReadonlySet<string>;
  /** The newest change that was heard; older ones are passed over. */
  readonly sequence: number;
}

export const begin = (types: Readonly<Record<string, string>>, values: Readonly<Record<string, Value>>, sequence = 0): EditState => ({
  types,
  fields: Object.fromEntries(Object.keys(types).map(f => [f, edit.start(values[f] ?? null)])),
  submitted: null,
  overtaken: new Set(),
  sequence,
});

const typeOf = (draft: EditState, field: string): string => draft.types[field] ?? "Text";

/** What the person sees in a field. */
export const shown = (draft: EditState, field: string): Value => edit.valueOf(fieldOf(draft, field));

/** The fields that a save would send. */
export const modified = (draft: EditState): string[] => Object.keys(draft.fields).filter(f => edit.isModified(typeOf(draft, f), fieldOf(draft, f)));

/** The fields that changed on both sides to different values. */
export const conflicts = (draft: EditState): string[] => Object.keys(draft.fields).filter(f => edit.isConflict(typeOf(draft, f), fieldOf(draft, f)));

/** The person typed a value. */
export const type = (draft: EditState, field: string, mine: Value): EditState => put(draft, field, edit.set(typeOf(draft, field), fieldOf(draft, field), mine));

/** The person gives a field up, or takes theirs. */
export const revert = (draft: EditState, field: string): EditState => put(draft, field, edit.revert(fieldOf(draft, field)));

/** The person saw theirs and keeps mine. */
export const keepMine = (draft: EditState, field: string): EditState => put(draft, field, edit.keepMine(typeOf(draft, field), fieldOf(draft, field)));

/** The source holds other values now. A change that was heard before, or is older than what was heard, counts for nothing. */
export function hear(draft: EditState, values: Readonly<Record<string, Value>>, sequence?: number): EditState {
  if (sequence !== undefined && sequence <= draft.sequence) {
    return draft;
  }
  let next: EditState = { ...draft, sequence: sequence ?? draft.sequence };
  for (const [field, theirs] of Object.entries(values)) {
    const old = draft.fields[field];
    if (!old) {
      continue;
    }
    const sent = draft.submitted?.[field];
    if (sent !== undefined && edit.same(typeOf(draft, field), theirs, sent)) {
      // The save's own change came before its answer: what was typed on stands on it.
      next = put(next, field, edit.set(typeOf(draft, field), edit.start(theirs), edit.valueOf(old)));
    } else {
      next = put(next, field, edit.follow(typeOf(draft, field), old, theirs));
      next = sent === undefined ? next : { ...next, overtaken: new Set([...next.overtaken, field]) };
    }
  }
  return next;
}

/** A save begins. @returns The draft, the values to send and the values they are based on. */
export function submit(draft: EditState): { readonly draft: EditState; readonly set: Record<string, Value>; readonly base: Record<string, Value> } {
  const names = modified(draft);
  const pick = (value: (f: FieldEdit) => Value): Record<string, Value> => Object.fromEntries(names.map(f => [f, value(fieldOf(draft, f))]));
  const set = pick(f => f.mine);
  return { draft: { ...draft, submitted: set, overtaken: new Set() }, set, base: pick(f => f.base) };
}

/** A save succeeded: what was sent is settled, what was typed meanwhile stays, what others wrote meanwhile is theirs. */
export function stored(draft: EditState, values: Readonly<Record<string, Value>>): EditState {
  let next: EditState = { ...draft, submitted: null, overtaken: new Set() };
  for (const [field, value] of Object.entries(values)) {
    const old = draft.fields[field];
    if (!old) {
      continue;
    }
    const type = typeOf(draft, field);
    const sent = draft.submitted?.[field];
    const settled = sent === undefined ? edit.follow(type, old, value)
      : edit.same(type, edit.valueOf(old), sent) ? edit.start(value)
      : edit.set(type, edit.start(value), edit.valueOf(old));
    next = put(next, field, draft.overtaken.has(field) ? edit.follow(type, settled, old.theirs) : settled);
  }
  return next;
}

/** A save did not happen: everything typed stays. */
export const failed = (draft: EditState): EditState => ({ ...draft, submitted: null, overtaken: new Set() });

function fieldOf(draft: EditState, field: string): FieldEdit {
  const known = draft.fields[field];
  if (!known) {
    throw new Error(`The record has no field '${field}'. Its fields are ${Object.keys(draft.fields).join(", ")}.`);
  }
  return known;
}

const put = (draft: EditState, field: string, value: FieldEdit): EditState => ({ ...draft, fields: { ...draft.fields, [field]: value } });
