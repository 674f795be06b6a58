// What is wrong with a JSON text, said before it is sent.

import type { FieldPanel } from "./field";

export function jsonError(field: FieldPanel): string | null {
  if (field.type !== "Json" && field.type !== "Array") {
    return null;
  }
  const text = field.control?.read(null) ?? null;
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    return field.type === "Array" && value !== null && !Array.isArray(value) ? "Enter a JSON array, such as [1, 2, 3]." : null;
  } catch (error) {
    return `Enter valid JSON. ${(error as Error).message}.`;
  }
}
