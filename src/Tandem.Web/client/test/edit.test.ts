import assert from "node:assert/strict";
import test from "node:test";
import shared from "../../../../tests/shared/edit-cases.json";
import { follow, isConflict, isModified, keepMine, revert, set, start, valueOf, type Value } from "../src/edit";

interface Step {
  readonly set?: Value;
  readonly follow?: Value;
  readonly revert?: boolean;
  readonly keepMine?: boolean;
}

for (const { name, type, start: from, steps, expect } of shared.cases) {
  test(name, () => {
    let edit = start(from);
    for (const step of steps as Step[]) {
      if ("set" in step) {
        edit = set(type, edit, step.set ?? null);
      } else if ("follow" in step) {
        edit = follow(type, edit, step.follow ?? null);
      } else {
        edit = step.revert ? revert(edit) : keepMine(type, edit);
      }
    }
    const actual: Record<string, unknown> = {
      value: valueOf(edit), base: edit.base, theirs: edit.theirs, touched: edit.touched, modified: isModified(type, edit), conflict: isConflict(type, edit),
    };
    for (const [what, wanted] of Object.entries(expect)) {
      assert.deepEqual(actual[what], wanted, what);
    }
  });
}
