import assert from "node:assert/strict";
import test from "node:test";
import shared from "../../../../../tests/shared/edit-cases.json";
import * as states from "../../src/lib/edit-state";
import type { Value } from "../../src/edit";

type Values = Record<string, Value>;

interface Step {
  readonly set?: Values;
  readonly follow?: Values;
  readonly submit?: boolean;
  readonly stored?: Values;
  readonly failed?: boolean;
}

for (const { name, types, start, steps, expect } of shared.records) {
  test(name, () => {
    let draft = states.begin(types as unknown as Record<string, string>, start as unknown as Values);
    let sent: { set: Values; base: Values } | null = null;
    for (const step of steps as Step[]) {
      if (step.set) {
        draft = Object.entries(step.set).reduce((d, [field, value]) => states.type(d, field, value), draft);
      } else if (step.follow) {
        draft = states.hear(draft, step.follow);
      } else if (step.submit) {
        const { draft: next, set, base } = states.submit(draft);
        [draft, sent] = [next, { set, base }];
      } else if (step.stored) {
        draft = states.stored(draft, step.stored);
      } else {
        draft = states.failed(draft);
      }
    }
    const wanted = expect as { shown?: Values; modified?: string[]; conflicts?: string[]; sent?: Values; basis?: Values };
    for (const [field, value] of Object.entries(wanted.shown ?? {})) {
      assert.equal(states.shown(draft, field), value, field);
    }
    assert.deepEqual(states.modified(draft), wanted.modified ?? []);
    assert.deepEqual(states.conflicts(draft), wanted.conflicts ?? []);
    if (wanted.sent) {
      assert.deepEqual(sent?.set, wanted.sent);
      assert.deepEqual(sent?.base, wanted.basis);
    }
  });
}

const types = { name: "Text", price: "Decimal" };
const begun = (): states.EditState => states.begin(types, { name: "Rye", price: "4.20" }, 7);

test("A change heard before, or an older one, counts for nothing", () => {
  const draft = states.hear(states.hear(begun(), { price: "4.80" }, 9), { price: "4.50" }, 8);
  assert.equal(states.shown(draft, "price"), "4.80");
  assert.equal(draft.sequence, 9);
});

test("A save's own change that comes before its answer is no conflict with what was typed on", () => {
  const { draft } = states.submit(states.type(begun(), "price", "4.50"));
  const typed = states.type(draft, "price", "4.70");
  const echoed = states.hear(typed, { price: "4.5" }, 8);
  assert.deepEqual(states.conflicts(echoed), []);
  const done = states.stored(echoed, { price: "4.50" });
  assert.equal(states.shown(done, "price"), "4.70");
  assert.equal(done.fields["price"]!.base, "4.50");
});

test("Another's change heard while a save was on its way is theirs after it", () => {
  const { draft } = states.submit(states.type(begun(), "price", "4.50"));
  const heard = states.hear(draft, { price: "5.10" }, 9);
  const done = states.stored(heard, { price: "4.50" });
  assert.equal(states.shown(done, "price"), "5.10");
  assert.deepEqual(states.modified(done), []);
});

test("A field that the record does not have is named with the remedy", () => {
  assert.throws(() => states.type(begun(), "prize", "1"), /no field 'prize'.*name, price/);
});
