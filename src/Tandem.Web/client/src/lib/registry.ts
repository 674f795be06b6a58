// The parts of a page: which there are, which the server does not know of yet, and which a change concerns.

import type { ListMessage, LiveChange, LiveFields, Part } from "./messages";

/** What a part wants to hear. Every method is optional. */
export interface PartListener {
  /** A record of the part changed. */
  change?(change: LiveChange): void;
  /** The values asked for by `now`; null when the record is not there or may not be seen. */
  now?(key: string, fields: LiveFields | null): void;
  /** The rows of a list, or what changed in them. */
  list?(message: ListMessage): void;
  /** What was missed cannot be listed: what the part shows is to be read again. A part without this method is asked for its values again. */
  reset?(): void;
  /** The part cannot be live. */
  refused?(reason: string): void;
}

interface Entry {
  readonly part: Part;
  readonly keys: ReadonlySet<string>;
  readonly listener: PartListener;
}

/** What the server is to be told. */
export interface Pending {
  readonly add: readonly (Part & { readonly id: string })[];
  readonly remove: readonly string[];
}

export class PartRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #byTable = new Map<string, Set<string>>();
  readonly #heard = new Map<string, number>();
  /** Parts whose values are to come with their next registration. */
  readonly #stale = new Set<string>();
  #adding = new Set<string>();
  #removing = new Set<string>();
  #number = 0;

  get size(): number {
    return this.#entries.size;
  }

  get ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  add(part: Part, listener: PartListener): string {
    const id = `p${++this.#number}`;
    this.#entries.set(id, { part, keys: new Set(part.keys), listener });
    let ids = this.#byTable.get(part.table);
    if (!ids) {
      this.#byTable.set(part.table, (ids = new Set()));
    }
    ids.add(id);
    this.#adding.add(id);
    return id;
  }

  /** @returns Whether the part was there. */
  remove(id: string): boolean {
    const entry = this.#entries.get(id);
    if (!entry) {
      return false;
    }
    this.#entries.delete(id);
    const ids = this.#byTable.get(entry.part.table);
    ids?.delete(id);
    if (ids?.size === 0) {
      this.#byTable.delete(entry.part.table);
      [...this.#heard.keys()].filter(record => record.startsWith(`${entry.part.table}\n`)).forEach(record => this.#heard.delete(record));
    }
    if (!this.#adding.delete(id)) {
      this.#removing.add(id);
    }
    return true;
  }

  listener(id: string): PartListener | undefined {
    return this.#entries.get(id)?.listener;
  }

  /** Takes what the server does not know yet; null when it knows everything. */
  take(): Pending | null {
    if (this.#adding.size === 0 && this.#removing.size === 0) {
      return null;
    }
    const add = [...this.#adding].map(id => {
      const { part } = this.#entries.get(id)!;
      return { id, ...part, now: part.now === true || this.#stale.has(id) };
    });
    const remove = [...this.#removing];
    this.#adding = new Set();
    this.#removing = new Set();
    this.#stale.clear();
    return { add, remove };
  }

  /** The server did not take it in. */
  putBack(pending: Pending): void {
    pending.add.filter(part => this.#entries.has(part.id)).forEach(part => this.#adding.add(part.id));
    pending.remove.forEach(id => this.#removing.add(id));
  }

  /** A server that knows nothing of this page is to be told everything. */
  forget(): void {
    this.#removing.clear();
    this.#adding = new Set(this.#entries.keys());
  }

  /** Registers the parts of records once more, at the place where the page is now. */
  againRecords(): void {
    this.#again(entry => entry.part.query === undefined);
  }

  /** What was missed cannot be listed. @param isMoved Whether the place in the feed changed with it. */
  reset(isMoved: boolean): void {
    for (const [id, { listener }] of [...this.#entries]) {
      if (listener.reset) {
        listener.reset();
      } else {
        this.#stale.add(id);
      }
    }
    this.#again(entry => isMoved || entry.part.query !== undefined || entry.listener.reset === undefined);
  }

  /** Tells the parts that a change concerns. A change heard before is passed over. */
  tell(change: LiveChange): void {
    const record = `${change.table}\n${change.key}`;
    if ((this.#heard.get(record) ?? 0) >= change.sequence) {
      return;
    }
    this.#heard.set(record, change.sequence);
    for (const id of [...(this.#byTable.get(change.table) ?? [])]) {
      const entry = this.#entries.get(id);
      if (entry && (entry.part.whole || entry.keys.has(change.key))) {
        entry.listener.change?.(change);
      }
    }
  }

  #again(which: (entry: Entry) => boolean): void {
    for (const [id, entry] of this.#entries) {
      if (which(entry)) {
        this.#adding.add(id);
      }
    }
  }
}
