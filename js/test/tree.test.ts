import assert from "node:assert/strict";
import { test } from "node:test";
import { groupLine, groupsOf } from "../src/model/groups";
import {
  childRows,
  foldBelow,
  positionOf,
  reveal,
  rootRows,
  spreadFor,
  type Tree,
  visibleLines,
} from "../src/model/tree";
import { forMany } from "./random";
import { randomSpans, treeOf } from "./traces";

const at = (depth: number) => ({ start: 0, duration: 1, depth });
/** Lines where no two siblings have one name. */
const visibleRows = (tree: Tree, folded: ReadonlySet<number>) =>
  visibleLines(tree, folded, noGroups(tree), new Set());
const noGroups = (tree: Tree) =>
  groupsOf(
    tree,
    Array.from({ length: tree.count }, (_, row) => row),
  );
const family = treeOf([at(0), at(1), at(2), at(2), at(1), at(0)]);

test("parents and children follow from preorder and size", () => {
  assert.deepEqual([...family.parent], [-1, 0, 1, 1, 0, -1]);
  assert.deepEqual(childRows(family, 0), [1, 4]);
  assert.deepEqual(childRows(family, 1), [2, 3]);
  assert.deepEqual(rootRows(family), [0, 5]);
});

test("a folded span hides its subtree and nothing else", () => {
  assert.deepEqual([...visibleRows(family, new Set())], [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([...visibleRows(family, new Set([1]))], [0, 1, 4, 5]);
  assert.deepEqual([...visibleRows(family, new Set([0, 1]))], [0, 5]);
});

test("revealing a row opens exactly the folds above it", () => {
  assert.deepEqual([...reveal(family, new Set([0, 1, 4]), 2)], [4]);
  const open = new Set([5]);
  assert.equal(reveal(family, open, 2), open);
});

test("folding below a level keeps that many levels", () => {
  assert.deepEqual([...visibleRows(family, foldBelow(family, 1))], [0, 5]);
  assert.deepEqual([...visibleRows(family, foldBelow(family, 2))], [0, 1, 4, 5]);
});

test("a running span ends where the trace does so far", () => {
  const tree = treeOf([
    { start: 0, duration: null, depth: 0 },
    { start: 5, duration: 20, depth: 1 },
  ]);
  assert.deepEqual([...tree.end], [25, 25]);
  assert.deepEqual([...tree.open], [1, 0]);
});

test("a row is visible exactly when no ancestor is folded, and stands at its nearest visible ancestor", () => {
  forMany(200, (random) => {
    const tree = treeOf(randomSpans(random));
    const folded = new Set<number>();
    for (let row = 0; row < tree.count; row++) if (random.int(3) === 0) folded.add(row);
    const rows = visibleRows(tree, folded);
    const shown = new Set(rows);
    for (let row = 0; row < tree.count; row++) {
      let hiddenBy = -1;
      for (let up = tree.parent[row]!; up >= 0; up = tree.parent[up]!) if (folded.has(up)) hiddenBy = up;
      assert.equal(shown.has(row), hiddenBy < 0);
      assert.equal(rows[positionOf(tree, noGroups(tree), rows, row)], hiddenBy < 0 ? row : hiddenBy);
    }
  });
});

test("depth and size have no limit that a trace could meet", () => {
  const deep = treeOf(Array.from({ length: 20_000 }, (_, depth) => at(depth)));
  assert.equal(visibleRows(deep, new Set()).length, 20_000);
  assert.equal(visibleRows(deep, new Set([9_999])).length, 10_000);
  assert.equal(deep.parent[19_999], 19_998);
});

test("every row stands at itself, or at the group or span that hides it, however things are folded and spread", () => {
  forMany(300, (random) => {
    const tree = treeOf(randomSpans(random, 80));
    // Few names and few depths make crowds.
    const groups = groupsOf(
      tree,
      Array.from({ length: tree.count }, () => (random.int(12) === 0 ? 1 : 0)),
    );
    const folded = new Set<number>();
    const spread = new Set<number>();
    for (let row = 0; row < tree.count; row++) if (random.int(6) === 0) folded.add(row);
    for (const first of groups.byFirst.keys()) if (random.int(2) === 0) spread.add(first);
    const lines = visibleLines(tree, folded, groups, spread);
    const shown = new Set(lines);
    assert.equal(shown.size, lines.length);
    for (let row = 0; row < tree.count; row++) {
      let stands = row;
      for (let up = row; up >= 0; up = tree.parent[up]!) {
        if (up !== row && folded.has(up)) stands = up;
        const first = groups.memberOf[up]!;
        if (first >= 0 && !spread.has(first)) stands = groupLine(first);
      }
      assert.equal(lines[positionOf(tree, groups, lines, row)], stands);
      const wide = visibleLines(
        tree,
        reveal(tree, folded, row),
        groups,
        spreadFor(tree, groups, spread, row),
      );
      assert.equal(wide[positionOf(tree, groups, wide, row)], row);
    }
    for (const line of lines) assert.equal(lines[positionOf(tree, groups, lines, line)], line);
  });
});
