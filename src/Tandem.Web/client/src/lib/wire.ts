// Values on their way: the text that inputs carry, and the JSON that travels.

import type { Value } from "../edit";

/** A value of an answer as the text that inputs carry. */
export function wireOf(type: string, value: unknown): Value {
  if (value === null || value === undefined) {
    return null;
  }
  return typeof value === "object" || type === "Json" ? JSON.stringify(value) : type === "Instant" ? String(value).replace(/Z$/, "") : String(value);
}

/** JSON goes as it was typed, so that no digit is lost on the way; everything else goes as a text the server reads by type. */
export const jsonOf = (type: string, value: Value): string => (value === null ? "null" : type === "Json" ? value : JSON.stringify(value));

/** Fields and values as a JSON object. */
export const objectOf = (fields: Iterable<readonly [name: string, type: string, value: Value]>): string =>
  `{${[...fields].map(([name, type, value]) => `${JSON.stringify(name)}:${jsonOf(type, value)}`).join(",")}}`;

/** What is wrong with a JSON text, said before it is sent; null where nothing is. */
export function jsonFault(type: string, value: Value): string | null {
  if (value === null || (type !== "Json" && type !== "Array")) {
    return null;
  }
  try {
    const read: unknown = JSON.parse(value);
    return type === "Array" && !Array.isArray(read) ? "Enter a JSON array, such as [1, 2, 3]." : null;
  } catch (error) {
    return `Enter valid JSON. ${(error as Error).message}.`;
  }
}

/** What tells the server that a request comes from its own page, and whose page it is: somebody else may have signed in meanwhile. */
export function ownHeaders(): Record<string, string> {
  const user = globalThis.document?.body.dataset["user"];
  return user ? { "X-Tandem": "1", "X-Tandem-User": encodeURIComponent(user) } : { "X-Tandem": "1" };
}
