// Entering and leaving fields, and what is heard of others in them: for forms and for cells of lists.

import { connection } from "../live";

export interface LeaseMessage {
  readonly table: string;
  readonly key: string;
  readonly field: string;
  /** Rises with every message: of two about one field the higher is the newer. */
  readonly number: number;
  readonly owner: string | null;
  readonly isMine: boolean;
  readonly takenFrom: string | null;
  readonly isEnforced: boolean;
}

export interface EnterAnswer {
  readonly isMine: boolean;
  readonly owner: string | null;
  readonly reason: string | null;
  /** What the page is told of a lease that it holds. */
  readonly told: LeaseMessage | null;
}

const listeners: ((message: LeaseMessage) => void)[] = [];
const newest = new Map<string, number>();

/** Null when there is no connection: then nobody is told. */
export async function enterField(table: string, key: string, field: string, takeOver = false): Promise<EnterAnswer | null> {
  const answer = await connection.invoke<EnterAnswer>("Enter", table, key, field, takeOver).catch(() => null);
  if (answer?.told) {
    tell(answer.told);
  }
  return answer;
}

export const leaveField = (table: string, key: string, field: string): void => void connection.invoke("Leave", table, key, field).catch(() => {});

/** Hears who is in which field, each message once and never an older one after a newer. */
export function onLease(listener: (message: LeaseMessage) => void): void {
  if (listeners.length === 0) {
    connection.on<LeaseMessage>("lease", tell);
    // Another server may answer the next connection, and it counts for itself.
    connection.onState(state => state !== "live" && newest.clear());
  }
  listeners.push(listener);
}

/** The answer to entering a field and the message about it say the same, and either may come first. */
function tell(message: LeaseMessage): void {
  const name = JSON.stringify([message.table, message.key, message.field]);
  if (message.number > (newest.get(name) ?? 0)) {
    newest.set(name, message.number);
    listeners.forEach(listener => listener(message));
  }
}

/** What others call whoever holds a lease. */
export const holderOf = (lease: LeaseMessage): string => (lease.owner === document.body.dataset["user"] ? "You, in another window" : lease.owner!);
