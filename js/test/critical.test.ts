import assert from "node:assert/strict";
import { test } from "node:test";
import { byRow, criticalPath, type Segment } from "../src/model/critical";
import { selfStretches, selfTime } from "../src/model/selftime";
import { childRows, rootRows, type Tree } from "../src/model/tree";
import { forMany } from "./random";
import { randomSpans, treeOf } from "./traces";

const span = (start: number, duration: number, depth: number) => ({ start, duration, depth });
const written = (path: readonly Segment[]) => path.map(({ row, from, to }) => `${row}:${from}-${to}`);

test("the path follows the child that ended last, and the parent between children", () => {
  const tree = treeOf([span(0, 10, 0), span(1, 3, 1), span(2, 5, 1)]);
  assert.deepEqual(written(criticalPath(tree)), ["0:0-2", "2:2-7", "0:7-10"]);
});

test("children that touch end to start are both on the path", () => {
  const tree = treeOf([span(0, 10, 0), span(0, 5, 1), span(5, 5, 1)]);
  assert.deepEqual(written(criticalPath(tree)), ["1:0-5", "2:5-10"]);
});

test("a child that outlasts its parent counts until the parent's end", () => {
  const tree = treeOf([span(0, 10, 0), span(4, 100, 1)]);
  assert.deepEqual(written(criticalPath(tree)), ["0:0-4", "1:4-10"]);
});

test("of several roots the one that ends last is followed", () => {
  const tree = treeOf([span(0, 4, 0), span(2, 9, 0)]);
  assert.deepEqual(written(criticalPath(tree)), ["1:2-11"]);
});

/** The definition, read aloud: slow, recursive, and obviously right. */
function asDefined(tree: Tree, row: number, from: number, to: number): Segment[] {
  const segments: Segment[] = [];
  const end = (child: number) => Math.min(tree.end[child]!, to);
  const children = childRows(tree, row).sort((a, b) => end(a) - end(b) || tree.start[a]! - tree.start[b]!);
  let cursor = to;
  for (const child of children.reverse()) {
    const start = Math.max(tree.start[child]!, from);
    if (end(child) > cursor || end(child) <= from || start > end(child)) continue;
    segments.push({ row, from: end(child), to: cursor }, ...asDefined(tree, child, start, end(child)));
    cursor = start;
  }
  segments.push({ row, from, to: cursor });
  return segments.filter((segment) => segment.to > segment.from);
}

test("the path is as defined, and covers the root from beginning to end without gap or overlap", () => {
  forMany(400, (random) => {
    const tree = treeOf(randomSpans(random));
    const root = rootRows(tree)[0]!;
    const path = criticalPath(tree);
    const defined = asDefined(tree, root, tree.start[root]!, tree.end[root]!).sort((a, b) => a.from - b.from);
    assert.deepEqual(written(path), written(defined));
    let cursor = tree.start[root]!;
    for (const segment of path) {
      assert.equal(segment.from, cursor);
      cursor = segment.to;
    }
    assert.equal(cursor, tree.end[root]);
  });
});

test("20,000 deep and 50,000 siblings are walked without recursion", () => {
  const deep = treeOf(Array.from({ length: 20_000 }, (_, n) => span(n, 60_000 - 2 * n, n)));
  assert.equal(byRow(criticalPath(deep)).size, 20_000);
  const wide = treeOf([span(0, 50_000, 0), ...Array.from({ length: 50_000 }, (_, n) => span(n, 1, 1))]);
  assert.equal(criticalPath(wide).length, 50_000);
});

test("self time is what no child covers", () => {
  const tree = treeOf([span(0, 10, 0), span(1, 3, 1), span(2, 4, 1), span(9, 5, 1)]);
  assert.deepEqual(selfStretches(tree, 0), [
    [0, 1],
    [6, 9],
  ]);
  assert.equal(selfTime(tree, 0), 4);
  assert.equal(selfTime(tree, 1), 3);
});

test("self time counts each millisecond that is in the span and in no child", () => {
  forMany(200, (random) => {
    const tree = treeOf(randomSpans(random));
    for (let row = 0; row < tree.count; row++) {
      let free = 0;
      for (let ms = tree.start[row]!; ms < tree.end[row]!; ms++) {
        const covered = childRows(tree, row).some(
          (child) => tree.start[child]! <= ms && ms < tree.end[child]!,
        );
        if (!covered) free += 1;
      }
      assert.equal(selfTime(tree, row), free);
    }
  });
});
