// One record under edit in the browser: it follows what others save, holds what the person types, and saves only that.

import type { Value } from "../edit";
import * as states from "./edit-state";
import type { EditState } from "./edit-state";
import type { LiveConnection, Registration } from "./connection";
import type { LiveChange, LiveFields } from "./messages";
import { create, save, schemaOf, type ConflictProblem, type SaveOutcome } from "./rest";

/** What happened to an edit: fields changed (by the person, by others or by a save), or the record went. */
export interface EditEvent {
  readonly kind: "changed" | "gone" | "back";
  readonly fields: readonly string[];
  /** Who changed them; null when it was this person. */
  readonly by: string | null;
}

/** A field changed on both sides. */
export interface Conflict {
  readonly field: string;
  /** What the person started from. */
  readonly base: Value;
  readonly mine: Value;
  readonly theirs: Value;
  readonly by: string | null;
  /** When, as ISO 8601; null when it is not known. */
  readonly at: string | null;
}

/** An edit. Values are the texts that inputs carry; null is no value. */
export class RecordEdit {
  #draft: EditState;
  #key: string | null;
  #registration: Registration | null = null;
  #isGone = false;
  #isReady = false;
  readonly #by = new Map<string, { by: string; at: string }>();
  readonly #listeners = new Set<(event: EditEvent) => void>();

  private constructor(private readonly connection: LiveConnection, readonly table: string, key: string | null, types: Readonly<Record<string, string>>) {
    this.#key = key;
    this.#draft = states.begin(types, {});
  }

  /** Opens a record. It follows the changes of others until `close`. Fails when there is no such record or it may not be read. */
  static async open(connection: LiveConnection, table: string, key: string): Promise<RecordEdit> {
    const edit = new RecordEdit(connection, table, key, await typesOf(table));
    await edit.#follow();
    return edit;
  }

  /** A record that is not stored yet. */
  static async start(connection: LiveConnection, table: string): Promise<RecordEdit> {
    return new RecordEdit(connection, table, null, await typesOf(table));
  }

  /** The record's key as addresses carry it; null while it is not stored. */
  get key(): string | null {
    return this.#key;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get isSaving(): boolean {
    return this.#draft.submitted !== null;
  }

  /** The fields that a save would send. */
  get modified(): readonly string[] {
    return states.modified(this.#draft);
  }

  get conflicts(): readonly Conflict[] {
    return states.conflicts(this.#draft).map(field => {
      const { base, mine, theirs } = this.#draft.fields[field]!;
      return { field, base, mine, theirs, by: this.#by.get(field)?.by ?? null, at: this.#by.get(field)?.at ?? null };
    });
  }

  /** The fields of the table. */
  get fields(): readonly string[] {
    return Object.keys(this.#draft.types);
  }

  /** What the person sees in a field. */
  get(field: string): Value {
    return states.shown(this.#draft, field);
  }

  /** The person typed a value. */
  set(field: string, value: Value): void {
    this.#put(states.type(this.#draft, field, value), [field], null);
  }

  /** Gives a field up, or all of them; for a field in conflict this takes theirs. */
  revert(...fields: string[]): void {
    const names = fields.length > 0 ? fields : this.modified;
    this.#put(names.reduce(states.revert, this.#draft), names, null);
  }

  /** Settles a conflict for mine: the next save is based on theirs. */
  keepMine(field: string): void {
    this.#put(states.keepMine(this.#draft, field), [field], null);
  }

  /** Saves what was changed, guarded by what it is based on. Whatever the answer, what was typed stays. Saving nothing writes nothing. */
  async save(): Promise<SaveOutcome> {
    if (this.isSaving) {
      return { kind: "refused", text: "A save is under way. Wait for its answer.", errors: [] };
    }
    const undecided = this.conflicts;
    if (undecided.length > 0) {
      return { kind: "conflict", conflicts: undecided };
    }
    const { draft, set, base } = states.submit(this.#draft);
    if (Object.keys(set).length === 0 && this.#key !== null) {
      return { kind: "saved", key: this.#key, stored: {} };
    }
    this.#draft = draft;
    const outcome = this.#key === null ? await create(this.table, draft.types, set) : await save(this.table, this.#key, draft.types, set, base);
    await this.#answered(outcome, Object.keys(set));
    return outcome;
  }

  /** Hears what happens. @returns What ends it. */
  on(listener: (event: EditEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends it. */
  close(): void {
    this.#registration?.remove();
    this.#listeners.clear();
  }

  async #answered(outcome: SaveOutcome, sent: readonly string[]): Promise<void> {
    switch (outcome.kind) {
      case "saved":
        this.#put(states.stored(this.#draft, outcome.stored), Object.keys(outcome.stored), null);
        if (this.#key === null) {
          this.#key = outcome.key;
          await this.#follow();
        }
        break;
      case "conflict":
        this.#draft = states.failed(this.#draft);
        this.#learn(outcome.conflicts);
        break;
      case "gone":
        this.#draft = states.failed(this.#draft);
        this.#went(null);
        break;
      case "refused":
        this.#put(states.failed(this.#draft), sent, null);
        break;
    }
  }

  #learn(conflicts: readonly ConflictProblem[]): void {
    for (const { field, theirs, by, at } of conflicts) {
      if (by !== null && at !== null) {
        this.#by.set(field, { by, at });
      }
      this.#put(states.hear(this.#draft, { [field]: theirs }), [field], by);
    }
  }

  /** Follows the record; settles when its values are here. */
  #follow(): Promise<void> {
    return new Promise((settle, fail) => {
      this.#registration = this.connection.register({ table: this.table, keys: [this.#key!], fields: this.fields, now: true }, {
        now: (_, fields) => {
          if (fields) {
            this.#put(states.hear(this.#draft, inputsOf(fields, this.#draft.types)), Object.keys(fields), null);
            this.#isReady = true;
            settle();
          } else if (this.#isReady) {
            this.#went(null);
          } else {
            this.#registration?.remove();
            fail(new Error(`'${this.table}' has no record '${this.#key}', or it is not yours to see.`));
          }
        },
        change: change => this.#hear(change),
        refused: reason => fail(new Error(reason)),
      });
    });
  }

  #hear(change: LiveChange): void {
    switch (change.kind) {
      case "delete":
        this.#went(change.by);
        break;
      case "insert":
        this.#isGone = false;
        this.#tell({ kind: "back", fields: [], by: change.by });
        break;
      case "update": {
        const values = inputsOf(change.fields ?? {}, this.#draft.types);
        Object.keys(values).forEach(f => this.#by.set(f, { by: change.by, at: change.at }));
        this.#put(states.hear(this.#draft, values, change.sequence), Object.keys(values), change.by);
        break;
      }
    }
  }

  #went(by: string | null): void {
    if (!this.#isGone) {
      this.#isGone = true;
      this.#tell({ kind: "gone", fields: [], by });
    }
  }

  #put(draft: EditState, fields: readonly string[], by: string | null): void {
    const before = this.#draft;
    this.#draft = draft;
    const changed = fields.filter(f => before.fields[f] !== draft.fields[f]);
    if (changed.length > 0) {
      this.#tell({ kind: "changed", fields: changed, by });
    }
  }

  #tell(event: EditEvent): void {
    [...this.#listeners].forEach(l => l(event));
  }
}

const inputsOf = (fields: LiveFields, types: Readonly<Record<string, string>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).map(([f, v]) => [f, types[f] === "Instant" ? (v.input?.replace(/Z$/, "") ?? null) : v.input]));

const typesOf = async (table: string): Promise<Record<string, string>> => Object.fromEntries((await schemaOf(table)).map(f => [f.name, f.type]));
