import assert from "node:assert/strict";
import { test } from "node:test";
import { barAt, brushOf, heights, linePath, scaleOf, sumOf } from "../src/model/bars";
import type { HistogramResult } from "../src/wire/contract";
import { Random } from "./random";

const result = (more: Partial<HistogramResult> = {}): HistogramResult => ({
  filter: "",
  start_ms: 1000,
  width_ms: 100,
  count: [4, 0, 2, 10],
  errors: [1, 0, 2, 0],
  p50_ms: [10, null, 20, 30],
  p95_ms: [100, null, 200, 300],
  all_p50_ms: 20,
  all_p95_ms: 300,
  from_ms: null,
  to_ms: null,
  ...more,
});

test("a bar that has anything is seen, and none is higher than the room", () => {
  assert.deepEqual(heights([0, 1, 500, 1000], 1000, 34), [0, 1, 17, 34]);
});

test("a brush covers the bars of its times, also where they were moved to a full minute", () => {
  assert.equal(brushOf(result()), null);
  assert.deepEqual(brushOf(result({ from_ms: 1100, to_ms: 1300 })), { first: 1, last: 2 });
  assert.deepEqual(brushOf(result({ from_ms: 1080, to_ms: 1320 })), { first: 1, last: 2 });
  assert.deepEqual(brushOf(result({ from_ms: 1200 })), { first: 2, last: 3 });
  assert.deepEqual(brushOf(result({ to_ms: 1099 })), { first: 0, last: 0 });
  assert.equal(brushOf(result({ from_ms: 1200, count: [] })), null);
});

test("every brush of whole bars is read back", () => {
  const random = new Random(7);
  for (let round = 0; round < 200; round++) {
    const first = random.int(4);
    const last = first + random.int(4 - first);
    const times = { from_ms: 1000 + first * 100, to_ms: 1000 + (last + 1) * 100 };
    assert.deepEqual(brushOf(result(times)), { first, last });
  }
});

test("sums, places and the scale of the lines", () => {
  assert.deepEqual(sumOf(result(), { first: 1, last: 3 }), [12, 2]);
  assert.equal(barAt(-5, 5, 4), 0);
  assert.equal(barAt(12, 5, 4), 2);
  assert.equal(barAt(500, 5, 4), 3);
  assert.deepEqual(scaleOf(result()), [10, 300]);
  assert.deepEqual(scaleOf(result({ p50_ms: [null], p95_ms: [null] })), [1, 10]);
});

test("a line is broken where there is nothing, and stays within its room", () => {
  const path = linePath([1, 10, null, 1000], [1, 1000], 5, 34);
  assert.equal(path.split("M").length - 1, 2);
  assert.ok(!/NaN|Infinity/.test(path));
  assert.ok(!/NaN/.test(linePath([0, 0], [1, 1], 5, 34)));
});
