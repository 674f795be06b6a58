import assert from "node:assert/strict";
import test from "node:test";
import { applyChange } from "../../src/lib/list";
import type { ListRow, LiveChange } from "../../src/lib/messages";
import { PartRegistry } from "../../src/lib/registry";

const change = (key: string, sequence: number, table = "products"): LiveChange => ({ table, key, kind: "update", by: "Ana", at: "2026-11-20T12:00:00Z", sequence, fields: {}, moves: false });

test("What comes and goes together is told once, as a difference", () => {
  const parts = new PartRegistry();
  const first = parts.add({ table: "products", keys: ["1"] }, {});
  parts.add({ table: "orders", query: "$first=5" }, {});
  assert.deepEqual(parts.take()?.add.map(p => p.table), ["products", "orders"]);
  assert.equal(parts.take(), null);
  parts.remove(first);
  assert.deepEqual(parts.take(), { add: [], remove: [first] });
});

test("A part that came and went before it was told is not told at all", () => {
  const parts = new PartRegistry();
  parts.remove(parts.add({ table: "products", keys: ["1"] }, {}));
  assert.equal(parts.take(), null);
});

test("What the server did not take in is told again, but for what went meanwhile", () => {
  const parts = new PartRegistry();
  const gone = parts.add({ table: "products", keys: ["1"] }, {});
  const stays = parts.add({ table: "products", keys: ["2"] }, {});
  const pending = parts.take()!;
  parts.remove(gone);
  parts.putBack(pending);
  const again = parts.take()!;
  assert.deepEqual(again.add.map(p => p.id), [stays]);
});

test("A change is told to the parts it concerns, once", () => {
  const parts = new PartRegistry();
  const heard: string[] = [];
  parts.add({ table: "products", keys: ["1"] }, { change: c => heard.push(`one ${c.sequence}`) });
  parts.add({ table: "products", whole: true }, { change: c => heard.push(`all ${c.sequence}`) });
  parts.add({ table: "orders", whole: true }, { change: () => heard.push("other table") });
  parts.tell(change("1", 5));
  parts.tell(change("1", 5));
  parts.tell(change("1", 4));
  parts.tell(change("2", 6));
  assert.deepEqual(heard, ["one 5", "all 5", "all 6"]);
});

test("After a gap, parts without a way of their own ask for their values", () => {
  const parts = new PartRegistry();
  let resets = 0;
  parts.add({ table: "products", keys: ["1"] }, { reset: () => resets++ });
  const bare = parts.add({ table: "products", keys: ["2"] }, {});
  const list = parts.add({ table: "products", query: "$first=5" }, {});
  parts.take();
  parts.reset(false);
  const again = parts.take()!;
  assert.equal(resets, 1);
  assert.deepEqual(again.add.map(p => p.id).sort(), [bare, list].sort());
  assert.equal(again.add.find(p => p.id === bare)?.now, true);
});

test("A server that knows nothing is told everything", () => {
  const parts = new PartRegistry();
  const one = parts.add({ table: "products", keys: ["1"] }, {});
  parts.take();
  parts.remove(parts.add({ table: "products", keys: ["2"] }, {}));
  parts.forget();
  assert.deepEqual(parts.take(), { add: [{ id: one, table: "products", keys: ["1"], now: false }], remove: [] });
});

test("Rows follow each change in its order", () => {
  const row = (key: string): ListRow => ({ key, fields: {} });
  const steps = [
    { kind: "insert", index: 0, from: null, row: row("c"), changed: null },
    { kind: "move", index: 2, from: 0, row: row("c"), changed: ["name"] },
    { kind: "remove", index: 0, from: null, row: null, changed: null },
    { kind: "update", index: 0, from: null, row: { key: "b", fields: {} }, changed: ["name"] },
  ] as const;
  assert.deepEqual(steps.reduce(applyChange, [row("a"), row("b")]).map(r => r.key), ["b", "c"]);
});
