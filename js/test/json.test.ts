import assert from "node:assert/strict";
import { test } from "node:test";
import { cutsByPath, type Folds, flatten, pathId, STEP } from "../src/model/json";

const folds = (more: Partial<Folds> = {}): Folds => ({
  toggled: new Set(),
  shown: new Map(),
  fetched: new Map(),
  ...more,
});
const NO_CUTS = cutsByPath([]);
const written = (value: unknown, some: Partial<Folds> = {}, cuts = NO_CUTS) =>
  flatten(value, ["inputs"], folds(some), cuts).map(
    (row) => `${"  ".repeat(row.depth)}${row.key ?? ""} ${row.kind} ${row.count}${row.open ? " open" : ""}`,
  );

test("small values are open, each row knows its whole path", () => {
  const rows = flatten({ messages: [{ role: "user" }] }, ["inputs"], folds(), NO_CUTS);
  assert.deepEqual(
    rows.map((row) => row.path),
    [["inputs"], ["inputs", "messages"], ["inputs", "messages", 0]],
  );
  assert.equal(rows.at(-1)!.open, false);
});

test("a toggled row is not as it would be", () => {
  assert.deepEqual(written({ a: { b: 1 } }, { toggled: new Set([pathId(["inputs", "a"])]) }), [
    " object 1 open",
    "  a object 1",
  ]);
});

test("large arrays come in steps", () => {
  const rows = written(Array.from({ length: 120 }, (_, n) => n));
  assert.equal(rows.length, STEP + 2);
  assert.equal(rows.at(-1), `   more ${120 - STEP}`);
  const all = written(
    Array.from({ length: 120 }, (_, n) => n),
    { shown: new Map([[pathId(["inputs"]), 200]]) },
  );
  assert.equal(all.length, 121);
});

test("what was cut counts, and what was fetched since replaces it", () => {
  const cuts = cutsByPath([{ path: ["inputs"], kind: "items", length: 1500 }]);
  assert.deepEqual(written([1, 2], {}, cuts), [
    " array 1500 open",
    "  0 leaf 0",
    "  1 leaf 0",
    "   more 1498",
  ]);
  const fetched = new Map([[pathId(["inputs"]), [1, 2, 3]]]);
  assert.equal(written([1, 2], { fetched }, cuts).length, 5);
});

test("keys that mean something elsewhere are keys", () => {
  const value = JSON.parse('{"__proto__": 1, "constructor": 2, "": 3}');
  assert.deepEqual(written(value), [
    " object 3 open",
    "  __proto__ leaf 0",
    "  constructor leaf 0",
    "   leaf 0",
  ]);
});

test("the depth of a value is no matter", () => {
  let value: unknown = 1;
  const path: (string | number)[] = ["inputs"];
  const toggled = new Set<string>();
  for (let depth = 0; depth < 1000; depth++) {
    value = [value];
    if (depth >= 2) toggled.add(pathId(path.concat(Array(depth).fill(0))));
  }
  const rows = flatten(value, ["inputs"], folds({ toggled }), NO_CUTS);
  assert.equal(rows.length, 1001);
});
