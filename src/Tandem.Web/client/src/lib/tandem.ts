// Tandem's client for pages of one's own: connect, watch, edit, save. Nothing here touches the document.

import { LiveConnection, type ConnectionOptions, type Registration, type State } from "./connection";
import { watchList, type ListEvent } from "./list";
import type { LiveChange, LiveFields } from "./messages";
import { RecordEdit } from "./record";
import { create, remove, schemaOf, type ListQuery, type SaveOutcome } from "./rest";
import type { Value } from "../edit";

export type { ConnectionOptions, Registration, State } from "./connection";
export type { Conflict, EditEvent, RecordEdit } from "./record";
export type { ConflictProblem, FieldInfo, FieldProblem, ListQuery, SaveOutcome } from "./rest";
export type { ListRow, ListRowChange, LiveChange, LiveField, LiveFields } from "./messages";
export type { ListEvent } from "./list";
export type { Value } from "../edit";

/** What is told of a watched record: its fields at first (null when there is none), then each change. */
export interface RecordEvent {
  /** All fields asked for at first, afterwards those that changed; null when the record is not there. */
  readonly fields: LiveFields | null;
  /** The change; null for the values at first and after a gap. */
  readonly change: LiveChange | null;
}

/** A Tandem server, as a page of one's own uses it. One connection, opened with the first thing watched. */
export class Tandem {
  constructor(readonly connection: LiveConnection) {}

  /** What the connection does at this moment. */
  get state(): State {
    return this.connection.state;
  }

  /** Hears of the connection's state. @returns What ends it. */
  onState(listener: (state: State) => void): () => void {
    return this.connection.onState(listener);
  }

  /** Follows a record: its values at once, then what changes. @returns What ends it. */
  watch(table: string, key: string, fields: readonly string[] | null, listener: (event: RecordEvent) => void, refused: (reason: string) => void = warn): () => void {
    const registration = this.connection.register({ table, keys: [key], fields, now: true }, {
      now: (_, values) => listener({ fields: values, change: null }),
      change: change => listener({ fields: change.kind === "delete" ? null : (change.fields ?? {}), change }),
      refused,
    });
    return () => registration.remove();
  }

  /** Follows a list: its rows at once, then every insertion, change, move and removal. @returns What ends it. */
  watchList(table: string, query: ListQuery, listener: (event: ListEvent) => void, fields: readonly string[] | null = null, refused: (reason: string) => void = warn): () => void {
    return watchList(this.connection, table, query, fields, listener, refused);
  }

  /** Opens a record for editing. */
  edit(table: string, key: string): Promise<RecordEdit> {
    return RecordEdit.open(this.connection, table, key);
  }

  /** Begins a new record. */
  new(table: string): Promise<RecordEdit> {
    return RecordEdit.start(this.connection, table);
  }

  /** Adds a record in one go. */
  async add(table: string, values: Readonly<Record<string, Value>>): Promise<SaveOutcome> {
    return create(table, Object.fromEntries((await schemaOf(table)).map(f => [f.name, f.type])), values);
  }

  /** Deletes a record, whatever it holds. */
  delete(table: string, key: string): Promise<SaveOutcome> {
    return remove(table, key);
  }

  /** Adds a record that lives as long as this page's connection. `told` hears its key each time it is added, or why it was not. */
  hold(table: string, values: Readonly<Record<string, unknown>>, told?: (key: string | null, reason: string | null) => void): Registration {
    return this.connection.hold(table, values, told);
  }

  /** Ends the connection. */
  close(): void {
    this.connection.close();
  }
}

const warn = (reason: string): void => console.warn(reason);

/** Connects to the server that this page came from. Nothing is opened before something is watched. */
export const connect = (options: ConnectionOptions = {}): Tandem => new Tandem(new LiveConnection(options));
