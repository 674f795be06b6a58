// The writes that a record's form stands for.

import type { ChildTable } from "./children";
import type { FieldPanel } from "./field";
import { objectOf, sentOf, type Part } from "./unit";

/** What new children call the new record they belong to. */
export const newParent = "parent";

interface Heard {
  stored(record: Readonly<Record<string, unknown>>, fields: readonly FieldPanel[]): void;
  gone(by: string | null, at: string | null): void;
}

/** In a trial, without what the page itself says is wrong and past conflicts that are shown already. */
export function partsOf(form: HTMLElement, all: readonly FieldPanel[], children: readonly ChildTable[], isTrial: boolean, heard: Heard): readonly Part[] {
  const isNew = form.dataset["record"] === "new";
  const ready = (f: FieldPanel): boolean => !f.control?.needsForm && (!isTrial || f.fault === null);
  const fields = all.filter(f => (isNew ? f.control && f.mine !== null : f.isModified)).filter(ready);
  const table = JSON.stringify(form.dataset["table"]!);
  const sent = sentOf(fields);
  const own: Part = {
    json: isNew
      ? `{"table":${table},"insert":${objectOf(fields, f => f.mine)},"as":"${newParent}"}`
      : `{"table":${table},"key":${JSON.stringify(form.dataset["key"]!)},"set":${objectOf(fields, f => f.mine)},"base":${objectOf(fields, f => (isTrial && f.isConflict ? f.theirs : f.base))}}`,
    sent,
    field: name => all.find(f => f.name === name),
    saved: result => {
      sent.forEach(({ mine }, f) => f.saved(mine));
      heard.stored(result.record ?? {}, fields);
    },
    gone: (by, at) => heard.gone(by, at),
  };
  return [...(isNew || fields.length > 0 ? [own] : []), ...children.flatMap(c => c.parts(isNew ? newParent : null, isTrial))];
}
