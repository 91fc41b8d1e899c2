import assert from "node:assert/strict";
import { test } from "node:test";
import { compact, cost, count, duration, moment, plural, preview, size, visible } from "../src/model/format";
import { forMany } from "./random";

test("durations are short, and keep three digits where they matter", () => {
  const pairs: [number | null, string][] = [
    [null, "–"],
    [0, "0"],
    [0.0042, "4.2µs"],
    [0.42, "420µs"],
    [1.25, "1.3ms"],
    [40, "40ms"],
    [999.6, "1.00s"],
    [9120, "9.12s"],
    [59_940, "59.9s"],
    [59_999, "1m00s"],
    [125_000, "2m05s"],
    [3_725_000, "1h02m"],
    [90_000_000, "1d01h"],
    [-40, "-40ms"],
    [Number.NaN, "–"],
  ];
  for (const [ms, text] of pairs) assert.equal(duration(ms), text);
});

test("no duration needs more than six characters below ten days", () => {
  forMany(2000, (random) => {
    const ms = (random.int(100_000) / 100_000) * 10 ** random.int(9);
    assert.ok(duration(ms).length <= 6, `${ms} is ${duration(ms)}`);
  });
});

test("counts", () => {
  assert.deepEqual([0, 210, 4100, 999_949, 1_250_000].map(compact), ["0", "210", "4.1k", "1.0M", "1.3M"]);
  assert.equal(compact(12_345), "12k");
  assert.equal(compact(null), "–");
  assert.equal(count(1_204_000), "1,204,000");
  assert.equal(plural(1, "trace"), "1 trace");
  assert.equal(plural(1204, "trace"), "1,204 traces");
});

test("costs and sizes", () => {
  assert.deepEqual([null, 0, 0.0123, 0.5, 12.345].map(cost), ["–", "$0", "$0.012", "$0.50", "$12.35"]);
  assert.deepEqual([1, 900, 1200, 64_000, 1_200_000].map(size), [
    "1 char",
    "900 chars",
    "1.2 kB",
    "64 kB",
    "1.2 MB",
  ]);
});

test("a moment is as short as can be understood", () => {
  const now = new Date(2025, 5, 20, 18, 0, 0).getTime();
  assert.equal(moment(new Date(2025, 5, 20, 14, 2, 7).getTime(), now), "14:02:07");
  assert.equal(moment(new Date(2025, 5, 19, 9, 38, 0).getTime(), now), "06-19 09:38");
  assert.equal(moment(new Date(2023, 5, 19, 9, 38, 0).getTime(), now), "2023-06-19");
  assert.equal(moment(null, now), "–");
  assert.equal(moment(1e300, now), "–");
});

test("a preview is one line of bounded length, whatever the value", () => {
  assert.equal(preview({ a: [1, 2], b: "x", c: { d: 1 } }), '{a: [2], b: "x", c: {…}}');
  assert.equal(preview("two\n lines"), "two lines");
  assert.equal(preview(0.1 + 0.2), "0.3");
  const values = [
    null,
    undefined,
    "x".repeat(10_000),
    Array(5000).fill("y"),
    Object.fromEntries(Array.from({ length: 999 }, (_, n) => [`k${n}`, n])),
    true,
  ];
  for (const value of values) {
    const text = preview(value, 60);
    assert.ok(text.length <= 60 && !text.includes("\n"), text);
  }
});

test("what would act instead of being seen is made visible, and nothing else is touched", () => {
  assert.equal(visible("\u001b[31mred\u0000"), "␛[31mred␀");
  assert.equal(visible("\u202egnp.exe\u2066x"), "‹202E›gnp.exe‹2066›x");
  for (const text of ["plain\ttext\r\nof lines", "שלום עולם", "👩‍👩‍👧‍👦 ok", "é ﷽"])
    assert.equal(visible(text), text);
});
