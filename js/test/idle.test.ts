import assert from "node:assert/strict";
import { test } from "node:test";
import { bendOf as bendWith, bent, worker } from "../src/model/idle";
import { within } from "../src/model/layout";
import { minimap } from "../src/model/minimap";
import type { Tree } from "../src/model/tree";
import { forMany } from "./random";
import { randomSpans, treeOf } from "./traces";

const bendOf = (tree: Tree) => bendWith(tree, (row) => tree.size[row] === 1);
const span = (start: number, duration: number, depth: number) => ({ start, duration, depth });

test("time in which only a waiting parent runs is idle", () => {
  const bend = bendOf(treeOf([span(0, 1000, 0), span(0, 10, 1), span(990, 10, 1)]));
  assert.equal(bend.idle, 0.98);
  assert.deepEqual(bend.gaps, [[10, 990]]);
  assert.ok(bend.to(990) - bend.to(10) < 1);
  assert.equal(bend.to(10), 10);
});

test("a bend keeps the order of moments, keeps busy time as it is, and leads back", () => {
  forMany(200, (random) => {
    const tree = treeOf(randomSpans(random));
    const bend = bendOf(tree);
    let last = -1;
    for (let ms = tree.from; ms <= tree.to; ms++) {
      const at = bend.to(ms);
      assert.ok(at > last);
      assert.ok(Math.abs(bend.back(at) - ms) < 1e-6);
      last = at;
    }
    for (let row = 0; row < tree.count; row++) {
      if (tree.size[row] !== 1) continue;
      const took = bent(tree, bend).end[row]! - bent(tree, bend).start[row]!;
      assert.ok(Math.abs(took - (tree.end[row]! - tree.start[row]!)) < 1e-6);
    }
  });
});

test("a trace that is never idle, and one of no length, are left as they are", () => {
  const busy = bendOf(treeOf([span(0, 10, 0)]));
  assert.deepEqual([busy.idle, busy.gaps, busy.to(7)], [0, [], 7]);
  const point = bendOf(treeOf([span(5, 0, 0)]));
  assert.deepEqual([point.idle, point.gaps, point.to(5)], [0, [], 0]);
});

test("what is zoomed to lies within the trace and is long enough to be drawn", () => {
  const whole = { from: 10, to: 50 };
  assert.deepEqual(within({ from: 20, to: 30 }, whole), { from: 20, to: 30 });
  assert.deepEqual(within({ from: 0, to: 99 }, whole), whole);
  const point = within({ from: 20, to: 20 }, whole);
  assert.ok(Math.abs(point.to - point.from - 0.01) < 1e-9);
  assert.deepEqual(within({ from: 49, to: 53 }, whole), { from: 46, to: 50 });
});

test("a minimap is small however many spans there are, and shows failures apart", () => {
  const spans = [span(0, 100_000, 0), ...Array.from({ length: 100_000 }, (_, n) => span(n, 1 + (n % 7), 1))];
  const map = minimap(treeOf(spans), (row) => row === 50_001);
  assert.ok(map.ran.length < 5_000 && map.held.length < 50);
  assert.match(map.failed, /^M79 4h2v1H79z$/);
});

test("a parent that works itself is not idle, one that holds others is", () => {
  const tree = treeOf([span(0, 1000, 0), span(0, 10, 1)]);
  const idle = (type: string) =>
    bendWith(
      tree,
      worker(tree, () => type),
    ).idle;
  assert.deepEqual(["AGENT", "CHAIN", "", "LLM", "TOOL"].map(idle), [0.99, 0.99, 0.99, 0, 0]);
});
