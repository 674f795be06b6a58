// What a connection is asked for and what it says of itself.

/** `idle`: nothing is registered. `gone`: the server cannot be reached. `out`: nobody is signed in. */
export type State = "idle" | "connecting" | "live" | "reconnecting" | "gone" | "out";

/** A registered part. */
export interface Registration {
  readonly id: string;
  /** Ends it. May be called twice. */
  remove(): void;
}

export interface ConnectionOptions {
  /** The hub's address. Default: `/_tandem/live` on the page's own server. */
  readonly url?: string;
  /** Where the feed stood when the page was rendered. Default: where it stands when the connection opens. */
  readonly cursor?: string;
}
