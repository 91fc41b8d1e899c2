import assert from "node:assert/strict";
import { test } from "node:test";
import { CROWD, factsOf, groupsOf } from "../src/model/groups";
import { childRows, rootRows } from "../src/model/tree";
import { forMany } from "./random";
import { randomSpans, treeOf } from "./traces";

const at = (depth: number, duration = 1) => ({ start: 0, duration, depth });

test("eight siblings of one name in a row are a group, seven are not", () => {
  const tree = treeOf([at(0), ...Array.from({ length: 8 }, () => at(1))]);
  const groups = groupsOf(tree, [0, ...Array(8).fill(1)]);
  assert.deepEqual([...groups.byFirst], [[1, { members: [1, 2, 3, 4, 5, 6, 7, 8], end: 9 }]]);
  assert.equal(groupsOf(tree, [0, 2, ...Array(7).fill(1)]).byFirst.size, 0);
});

test("what is below a sibling does not part it from the next", () => {
  const spans = [at(0)];
  for (let n = 0; n < 9; n++) spans.push(at(1), at(2), at(2));
  const names = spans.map((span) => span.depth);
  const groups = groupsOf(treeOf(spans), names);
  assert.deepEqual([...groups.byFirst.keys()], [1]);
  assert.equal(groups.byFirst.get(1)!.members.length, 9);
  assert.equal(groups.byFirst.get(1)!.end, spans.length);
});

test("groups are the longest runs of equal siblings, as a look at each parent finds them", () => {
  forMany(200, (random) => {
    const tree = treeOf(randomSpans(random, 90).map((span) => ({ ...span, depth: Math.min(span.depth, 2) })));
    const names = Array.from({ length: tree.count }, () => (random.int(14) === 0 ? 1 : 0));
    const expected: number[][] = [];
    const families = [
      rootRows(tree),
      ...Array.from({ length: tree.count }, (_, row) => childRows(tree, row)),
    ];
    for (const family of families) {
      let run: number[] = [];
      for (const row of [...family, -1]) {
        if (run.length > 0 && names[row] === names[run[0]!]) run.push(row);
        else {
          if (run.length >= CROWD) expected.push(run);
          run = [row];
        }
      }
    }
    const found = [...groupsOf(tree, names).byFirst.values()].map((group) => [...group.members]);
    const sorted = (lists: number[][]) => lists.sort((a, b) => a[0]! - b[0]!);
    assert.deepEqual(sorted(found), sorted(expected));
  });
});

test("a group says its middle, its slow end and its failures by what its members really took", () => {
  const tree = treeOf([
    at(0),
    ...Array.from({ length: 20 }, (_, n) => ({ start: n, duration: n + 1, depth: 1 })),
  ]);
  const group = { members: Array.from({ length: 20 }, (_, n) => n + 1), end: 21 };
  const durations = [1, ...Array.from({ length: 20 }, (_, n) => n + 1)];
  const facts = factsOf(tree, group, durations, (row) => row === 3);
  assert.deepEqual(facts, { count: 20, from: 0, to: 39, p50: 10, p95: 19, failed: 1 });
  assert.equal(
    factsOf(
      tree,
      group,
      durations.map(() => null),
      () => false,
    ).p50,
    null,
  );
});

test("100,000 siblings, and 20,000 levels", () => {
  const wide = treeOf([at(0), ...Array.from({ length: 100_000 }, () => at(1))]);
  assert.equal(groupsOf(wide, [0, ...Array(100_000).fill(1)]).byFirst.get(1)!.members.length, 100_000);
  const deep = treeOf(Array.from({ length: 20_000 }, (_, depth) => at(depth)));
  assert.equal(groupsOf(deep, Array(20_000).fill(0)).byFirst.size, 0);
});
