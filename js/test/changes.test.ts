import assert from "node:assert/strict";
import { test } from "node:test";
import { changedRows, delta, heat, kindOfChange, saidOf, share, tally } from "../src/more/compare/changes";
import type { ComparedPairs, Side } from "../src/wire/contract";
import { forMany } from "./random";

type Row = readonly [depth: number, kind: "same" | "changed" | "added" | "missing"];

function pairsOf(rows: readonly Row[]): ComparedPairs {
  const side = (lacks: string): Side => ({
    id: rows.map(([, kind], row) => (kind === lacks ? null : String(row))),
    name: rows.map(() => 0),
    type: rows.map(() => 0),
    status: rows.map(() => 1),
    duration: rows.map(() => 1),
    tokens: rows.map(() => null),
    cost: rows.map(() => null),
  });
  return {
    depth: rows.map(([depth]) => depth),
    change: rows.map(([, kind]) => (kind === "changed" ? 3 : 0)),
    a: side("added"),
    b: side("missing"),
    names: ["n"],
    types: ["TOOL"],
    left: 0,
  };
}

test("a row is what its sides and bits say", () => {
  const pairs = pairsOf([
    [0, "same"],
    [1, "changed"],
    [1, "added"],
    [1, "missing"],
  ]);
  assert.deepEqual(
    [0, 1, 2, 3].map((row) => kindOfChange(pairs, row)),
    ["same", "changed", "added", "missing"],
  );
  assert.deepEqual(tally(pairs), { same: 1, changed: 1, added: 1, missing: 1 });
  assert.deepEqual(
    [0, 1, 2, 3].map((row) => saidOf(pairs, row)),
    ["the same", "inputs, outputs differ", "only in B", "only in A"],
  );
});

test("rows that differ stay, with the way down to them, and no other", () => {
  forMany(200, (random) => {
    const rows: Row[] = [[0, "same"]];
    for (let row = 1; row < 2 + random.int(30); row++) {
      rows.push([1 + random.int(rows[row - 1]![0] + 1), random.pick(["same", "same", "same", "changed"])]);
    }
    const wanted = new Set<number>();
    rows.forEach(([depth, kind], row) => {
      if (kind === "same") return;
      let level = depth + 1;
      for (let up = row; up >= 0; up--) {
        if (rows[up]![0] >= level) continue;
        wanted.add(up);
        level = rows[up]![0];
      }
    });
    assert.deepEqual(
      changedRows(pairsOf(rows)),
      [...wanted].sort((a, b) => a - b),
    );
  });
});

test("differences have a sign, and say nothing where a side is missing", () => {
  const written = (value: number): string => `${value}ms`;
  assert.deepEqual(delta(100, 140, written), { text: "+40ms", sign: 1 });
  assert.deepEqual(delta(140, 100, written), { text: "−40ms", sign: -1 });
  assert.deepEqual(delta(1000, 1001, written), { text: "+1ms", sign: 0 });
  assert.deepEqual(delta(5, 5, written), { text: "±0", sign: 0 });
  assert.deepEqual(delta(null, 5, written), { text: "", sign: 0 });
  assert.deepEqual(
    [share(100, 138), share(100, 60), share(10, 42), share(0, 5), share(5, 5), share(null, 5)],
    ["+38 %", "−40 %", "×4.2", "", "", ""],
  );
});

test("heat goes from the least of a row to its most, and is none where all are alike", () => {
  assert.deepEqual(heat([20, null, 100, 60]), [0, null, 1, 0.5]);
  assert.deepEqual(heat([7, 7, 7]), [0, 0, 0]);
  assert.deepEqual(heat([null, null]), [null, null]);
  assert.deepEqual(heat([0, 0]), [0, 0]);
});
