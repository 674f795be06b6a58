// Entering and leaving fields, and what is heard of others in them: for forms and for cells of lists.

import { connection } from "../live";

export interface LeaseMessage {
  readonly table: string;
  readonly key: string;
  readonly field: string;
  readonly owner: string | null;
  readonly isMine: boolean;
  readonly takenFrom: string | null;
  readonly isEnforced: boolean;
}

export interface EnterAnswer {
  readonly isMine: boolean;
  readonly owner: string | null;
  readonly reason: string | null;
}

/** Null when there is no connection: then nobody is told. */
export const enterField = (table: string, key: string, field: string, takeOver = false): Promise<EnterAnswer | null> =>
  connection.invoke<EnterAnswer>("Enter", table, key, field, takeOver).catch(() => null);

export const leaveField = (table: string, key: string, field: string): void => void connection.invoke("Leave", table, key, field).catch(() => {});

export const onLease = (told: (message: LeaseMessage) => void): void => void connection.on<LeaseMessage>("lease", told);

/** What others call whoever holds a lease. */
export const holderOf = (lease: LeaseMessage): string => (lease.owner === document.body.dataset["user"] ? "You, in another window" : lease.owner!);
