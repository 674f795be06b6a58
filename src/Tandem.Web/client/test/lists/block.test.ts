import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBlock } from "../../src/lists/block";

const cases: [string, string[][]][] = [
  ["a", [["a"]]],
  ["a\tb\nc\td\n", [["a", "b"], ["c", "d"]]],
  ["a\tb\r\nc\t\r\n", [["a", "b"], ["c", ""]]],
  ['"two\nlines"\t"say ""so"""', [["two\nlines", 'say "so"']]],
  ['"not closed\tb', [['"not closed', "b"]]],
  ['"inch" wide\tb', [['"inch" wide', "b"]]],
  ["\t\n\tx", [["", ""], ["", "x"]]],
  ["", []],
];

for (const [text, rows] of cases) {
  test(`parseBlock of ${JSON.stringify(text)} gives its cells`, () => assert.deepEqual(parseBlock(text), rows));
}
