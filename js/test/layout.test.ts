import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, indent, logShare, place, roundStep, ticks } from "../src/model/layout";
import { forMany } from "./random";
import { treeOf } from "./traces";

test("a bar lies in percent of the window, and may reach out of it", () => {
  assert.deepEqual(place(2, 7, { from: 0, to: 10 }), { left: 20, width: 50 });
  assert.deepEqual(place(-5, 5, { from: 0, to: 10 }), { left: -50, width: 100 });
  assert.deepEqual(place(3, 3, { from: 3, to: 3 }), { left: 0, width: 100 });
});

test("the ruler has round moments", () => {
  const at = (to: number, most: number) => ticks({ from: 0, to }, most).map((tick) => tick.at);
  assert.deepEqual(at(9120, 5), [0, 2000, 4000, 6000, 8000]);
  assert.deepEqual(at(300_000, 4), [0, 120_000, 240_000]);
  assert.deepEqual(at(0.5, 5), [0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5]);
});

test("whatever the span, a step is round and there are few ticks", () => {
  forMany(300, (random) => {
    const span = (1 + random.int(1_000_000)) * 10 ** (random.int(9) - 4);
    const most = 1 + random.int(12);
    const marks = ticks({ from: 0, to: span }, most);
    assert.ok(marks.length >= 1 && marks.length <= most + 1, `${marks.length} ticks for ${span} and ${most}`);
    assert.ok(roundStep(span / most) >= (span / most) * 0.999);
  });
});

test("a parent's bar is solid where it worked itself", () => {
  const tree = treeOf([
    { start: 0, duration: 10, depth: 0 },
    { start: 2, duration: 6, depth: 1 },
  ]);
  const gradient =
    "linear-gradient(to right, var(--solid) 0% 20%, var(--tint) 20% 80%, var(--solid) 80% 100%)";
  assert.equal(fill(tree, 0), gradient);
  assert.equal(fill(tree, 1), null);
});

test("ten thousand children make no more stretches than a screen can show", () => {
  const children = Array.from({ length: 10_000 }, (_, n) => ({ start: n * 2, duration: 1, depth: 1 }));
  const tree = treeOf([{ start: 0, duration: 20_000, depth: 0 }, ...children]);
  assert.ok(fill(tree, 0)!.split("--").length < 150);
});

test("the log scale grows with the duration and never leaves its cell", () => {
  forMany(100, (random) => {
    const low = 1 + random.int(100);
    const high = low + random.int(100_000);
    let last = 0;
    for (const ms of [low, low * 2, (low + high) / 2, high].sort((a, b) => a - b)) {
      const share = logShare(ms, low, high);
      assert.ok(share >= last && share <= 1 && share > 0);
      last = share;
    }
  });
  assert.equal(logShare(null, 1, 10), 0);
});

test("the indent stops where the name would lose its room", () => {
  assert.equal(indent(2, 200, 96), 24);
  assert.equal(indent(19_999, 200, 96), 104);
});
