import assert from "node:assert/strict";
import { test } from "node:test";
import { lacking, withLabel } from "../src/more/given";
import type { LabelsResult } from "../src/wire/contract";

const said = (of: number, ...counts: readonly number[]): LabelsResult => ({
  of,
  given: counts.map((count, n) => ({
    name: `label ${n}`,
    values: count > 0 ? [{ value: true, count }] : [],
    note: null,
  })),
  others: [],
  undo: 0,
  progress: null,
  next: null,
});

test("the next label is the first from here on that not all have, around the end", () => {
  assert.equal(lacking(said(1, 1, 0, 0), 0, 3), 1);
  assert.equal(lacking(said(1, 0, 1, 1), 1, 3), 0);
  assert.equal(lacking(said(12, 12, 11, 12), 2, 3), 1);
  assert.equal(lacking(said(1, 1, 1, 1), 0, 3), null);
});

test("where nothing is known yet it is the one after, and after the last none", () => {
  assert.equal(lacking(null, 0, 2), 1);
  assert.equal(lacking(null, 1, 2), null);
});

test("a label given takes the place of all that was said by its name, and touches no other", () => {
  const after = withLabel(said(3, 2, 1), "label 0", false, "why");
  assert.deepEqual(after.given[0], { name: "label 0", values: [{ value: false, count: 3 }], note: "why" });
  assert.deepEqual(after.given[1], said(3, 2, 1).given[1]);
});
