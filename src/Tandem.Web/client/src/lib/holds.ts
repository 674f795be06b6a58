// Records that are there while this page is: they are added again whenever the connection is back.

/** Calls a method of the server; fails when it is not connected. */
type Invoke = <T>(method: string, ...values: unknown[]) => Promise<T>;

/** Hears the key of a held record each time it is added, or why it was not. */
export type HeldListener = (key: string | null, reason: string | null) => void;

export class Holds {
  readonly #holds = new Map<string, { readonly table: string; readonly values: unknown; readonly told: HeldListener }>();
  #number = 0;

  constructor(private readonly invoke: Invoke) {}

  get size(): number {
    return this.#holds.size;
  }

  add(table: string, values: unknown, told: HeldListener): string {
    const id = `h${++this.#number}`;
    this.#holds.set(id, { table, values, told });
    return id;
  }

  async send(id: string): Promise<void> {
    const hold = this.#holds.get(id);
    // A connection that broke adds it when it is back.
    const answer = hold && (await this.invoke<{ key: string | null; reason: string | null }>("Hold", id, hold.table, hold.values).catch(() => null));
    if (answer) {
      hold.told(answer.key, answer.reason);
    }
  }

  async sendAll(): Promise<void> {
    await Promise.all([...this.#holds.keys()].map(id => this.send(id)));
  }

  remove(id: string): void {
    if (this.#holds.delete(id)) {
      // Without a connection the server let go of it already.
      void this.invoke("Release", id).catch(() => {});
    }
  }

  clear(): void {
    this.#holds.clear();
  }
}
