// The page's one connection. It opens with the first part registered, closes some time after the last one went, carries the
// place in the feed up to which the page is current, and after a break goes on from there.

import type { HubConnection } from "@microsoft/signalr";
import type { ListMessage, LiveChange, Part, RegisterAnswer } from "./messages";
import { Holds, type HeldListener } from "./holds";
import { PartRegistry, type PartListener } from "./registry";
import type { ConnectionOptions, Registration, State } from "./state";

export type { PartListener } from "./registry";
export type { ConnectionOptions, Registration, State } from "./state";

const linger = 5000;
const again = 2000;

/** Registers parts and dispatches what concerns them. */
export class LiveConnection {
  readonly #url: string;
  readonly #parts = new PartRegistry();
  readonly #holds = new Holds((method, ...values) => this.invoke(method, ...values));
  readonly #states = new Set<(state: State) => void>();
  readonly #schemas = new Set<(version: number) => void>();
  readonly #others = new Map<string, Set<(message: never) => void>>();
  #isFlushing = false;
  #hub: HubConnection | null = null;
  #state: State = "idle";
  #node = "";
  #cursor: string;
  #attempts = 0;
  #turn = 0;
  #sent = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions = {}) {
    this.#url = options.url ?? "/_tandem/live";
    this.#cursor = options.cursor ?? "";
  }

  /** How many parts are registered. */
  get registered(): number {
    return this.#parts.size;
  }

  /** How many registration messages were sent so far. */
  get sent(): number {
    return this.#sent;
  }

  get state(): State {
    return this.#state;
  }

  /** Hears of the connection's state. @returns What ends it. */
  onState(listener: (state: State) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }

  /** Hears under which version of the tables the server works. */
  onSchema(listener: (version: number) => void): () => void {
    this.#schemas.add(listener);
    return () => this.#schemas.delete(listener);
  }

  /** Makes a part live. Parts registered in one go travel in one message. */
  register(part: Part, listener: PartListener): Registration {
    const id = this.#parts.add(part, listener);
    this.#begin();
    return { id, remove: () => this.#remove(id) };
  }

  /** Adds a record that goes when this connection goes: who is here, who is typing. `told` hears its key, or why it was not added. */
  hold(table: string, values: unknown, told: HeldListener = () => {}): Registration {
    const id = this.#holds.add(table, values, told);
    this.#begin();
    if (this.#state === "live") {
      void this.#holds.send(id);
    }
    return {
      id,
      remove: () => {
        this.#holds.remove(id);
        this.#rest();
      },
    };
  }

  /** The page shows something read at a newer place in the feed. */
  moveTo(cursor: string): void {
    this.#cursor = cursor;
    this.#parts.againRecords();
    this.#flushSoon();
  }

  /** Calls a method of the server; fails when the connection is not live. */
  async invoke<T>(method: string, ...values: unknown[]): Promise<T> {
    if (this.#hub?.state !== "Connected") {
      throw new Error("The server is not connected. Try again when it is back.");
    }
    return this.#hub.invoke<T>(method, ...values);
  }

  /** Hears a message of the server by its name. @returns What ends it. */
  on<T>(message: string, listener: (message: T) => void): () => void {
    let listeners = this.#others.get(message);
    if (!listeners) {
      this.#others.set(message, (listeners = new Set()));
      this.#hub?.on(message, (value: never) => this.#others.get(message)?.forEach(l => l(value)));
    }
    listeners.add(listener as (message: never) => void);
    return () => listeners.delete(listener as (message: never) => void);
  }

  /** Tries at once what would be tried later, for instance when the network came back. */
  retry(): void {
    if (this.#retry !== undefined && this.#hub === null) {
      this.#attempts = 0;
      void this.#connect();
    }
  }

  /** Ends the connection and forgets every part. */
  close(): void {
    for (const id of this.#parts.ids) {
      this.#remove(id);
    }
    this.#holds.clear();
    this.#stop();
  }

  #begin(): void {
    clearTimeout(this.#closing);
    if (this.#state === "idle") {
      this.#show("connecting");
      void this.#connect();
    } else {
      this.#flushSoon();
    }
  }

  #remove(id: string): void {
    if (this.#parts.remove(id)) {
      this.#flushSoon();
      this.#rest();
    }
  }

  /** Without anything live, no connection; but what comes back in a moment finds it still there. */
  #rest(): void {
    if (this.#parts.size === 0 && this.#holds.size === 0) {
      clearTimeout(this.#closing);
      this.#closing = setTimeout(() => {
        if (this.#parts.size === 0 && this.#holds.size === 0) {
          this.#stop();
        }
      }, linger);
    }
  }

  #stop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#closing);
    const hub = this.#hub;
    this.#hub = null;
    this.#turn++;
    void hub?.stop();
    this.#show("idle");
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const turn = ++this.#turn;
    const { HubConnectionBuilder, LogLevel } = await import("@microsoft/signalr");
    if (turn !== this.#turn) {
      // Stopped, or begun anew, while the library was loaded.
      return;
    }
    const hub = new HubConnectionBuilder().withUrl(this.#url).configureLogging(LogLevel.None).withServerTimeout(15_000).withKeepAliveInterval(5000).build();
    hub.on("changes", (batch: { cursor: string | null; changes: LiveChange[] }) => this.#receive(batch));
    hub.on("list", (message: ListMessage) => this.#parts.listener(message.id)?.list?.(message));
    hub.on("reset", (at: string) => this.#reset(at));
    hub.on("schema", (version: number) => this.#schemas.forEach(s => s(version)));
    hub.on("stopping", () => this.#show("gone"));
    hub.on("signedOut", () => {
      this.#hub = null;
      this.#show("out");
      void hub.stop();
      this.#attempts = 5;
      this.#later();
    });
    for (const [message, listeners] of this.#others) {
      hub.on(message, (value: never) => listeners.forEach(l => l(value)));
    }
    hub.onclose(() => {
      if (this.#hub === hub) {
        this.#hub = null;
        this.#show(this.#state === "gone" ? "gone" : "reconnecting");
        this.#later();
      }
    });
    this.#hub = hub;
    try {
      await hub.start();
      if (this.#hub !== hub) {
        void hub.stop();
        return;
      }
      this.#parts.forget();
      await this.#flush();
      if (this.#hub !== hub) {
        return;
      }
      this.#attempts = 0;
      this.#show("live");
      // Parts that came while the first ones were on their way.
      this.#flushSoon();
      await this.#holds.sendAll();
    } catch {
      if (this.#hub === hub) {
        this.#hub = null;
        this.#show("gone");
        void hub.stop();
        this.#later();
      }
    }
  }

  #later(): void {
    const wait = Math.min(8000, 300 * 2 ** this.#attempts++) * (0.8 + Math.random() * 0.4);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  #flushSoon(): void {
    if (!this.#isFlushing && this.#state === "live") {
      this.#isFlushing = true;
      queueMicrotask(() => {
        this.#isFlushing = false;
        // A connection that broke sends everything again when it is back; one that stands tries again.
        void this.#flush().catch(() => setTimeout(() => this.#flushSoon(), again));
      });
    }
  }

  async #flush(): Promise<void> {
    const hub = this.#hub;
    const pending = hub?.state === "Connected" ? this.#parts.take() : null;
    if (!hub || !pending) {
      return;
    }
    this.#sent++;
    const answer = await hub.invoke<RegisterAnswer>("Register", { cursor: this.#cursor, ...pending }).catch((error: unknown) => {
      this.#parts.putBack(pending);
      throw error;
    });
    if (this.#cursor === "") {
      this.#cursor = answer.cursor;
    }
    this.#schemas.forEach(s => s(answer.schemaVersion));
    answer.refused.forEach(r => this.#parts.listener(r.id)?.refused?.(r.reason));
    answer.now.forEach(n => this.#parts.listener(n.id)?.now?.(n.key, n.fields));
    const isElsewhere = this.#node !== "" && this.#node !== answer.node;
    this.#node = answer.node;
    if (isElsewhere) {
      this.#reset();
    }
  }

  #receive(batch: { cursor: string | null; changes: LiveChange[] }): void {
    for (const change of batch.changes) {
      if (change.kind === "reset") {
        this.#reset();
        continue;
      }
      this.#parts.tell(change);
    }
    if (batch.cursor !== null) {
      this.#cursor = batch.cursor;
    }
  }

  /** What the page missed is not known: every part reads again what it shows. */
  #reset(at?: string): void {
    if (at) {
      this.#cursor = at;
    }
    this.#parts.reset(at !== undefined);
    this.#flushSoon();
  }

  #show(state: State): void {
    if (state !== this.#state) {
      this.#state = state;
      this.#states.forEach(s => s(state));
    }
  }
}
