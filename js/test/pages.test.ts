import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageResult } from "../src/wire/contract";
import { PAGE, Pages } from "../src/wire/pages";

function page(first: number, rows: number, next: string | null): PageResult {
  const each = <T>(make: (row: number) => T) => Array.from({ length: rows }, (_, n) => make(first + n));
  return {
    filter: "",
    at: first,
    rows: {
      trace_id: each(String),
      span_id: [],
      time_ms: each((n) => n),
      name: each(String),
      type: each(() => ""),
      status: each(() => "OK"),
      duration_ms: each((n) => (n === 3 ? null : n)),
      tokens: each(() => null),
      errors: each(() => 0),
      cells: [],
    },
    next,
    ms: 1,
    diagnostics: [],
  };
}

test("a row is found by its place in the whole result", () => {
  const pages = new Pages();
  pages.put(0, page(0, PAGE, "a"));
  pages.put(7, page(7 * PAGE, 10, null));
  const place = pages.at(7 * PAGE + 4)!;
  assert.equal(place.rows.trace_id[place.index], String(7 * PAGE + 4));
  assert.equal(pages.at(7 * PAGE + 10), null);
  assert.equal(pages.at(PAGE), null);
});

test("the next page is reached by the key of the one before, a far one by its place", () => {
  const pages = new Pages();
  pages.put(0, page(0, PAGE, "a"));
  assert.equal(pages.tokenFor(1), "a");
  assert.equal(pages.tokenFor(2), null);
});

test("of the pages missing on the screen the nearest to its middle is fetched first", () => {
  const pages = new Pages();
  assert.equal(pages.missing(PAGE - 3, PAGE + 20), 1);
  assert.equal(pages.missing(PAGE - 20, PAGE + 3), 0);
  pages.put(1, page(PAGE, PAGE, "b"));
  assert.equal(pages.missing(PAGE - 3, PAGE + 20), 0);
  pages.put(0, page(0, PAGE, "a"));
  assert.equal(pages.missing(PAGE - 3, PAGE + 20), null);
});

test("what is known: how many rows so far, and whether that is all", () => {
  const pages = new Pages();
  pages.put(0, page(0, PAGE, "a"));
  assert.deepEqual(pages.known(), { rows: PAGE, complete: false });
  pages.put(1, page(PAGE, 5, null));
  assert.deepEqual(pages.known(), { rows: PAGE + 5, complete: true });
  assert.deepEqual(pages.scale, [1, PAGE + 4]);
});

test("memory is bounded: the page not looked at for longest goes", () => {
  const pages = new Pages();
  for (let number = 0; number < 500; number++) pages.put(number, page(number * PAGE, PAGE, "x"));
  assert.equal(pages.has(0), false);
  assert.equal(pages.has(499), true);
  assert.ok([...pages.each()].length <= 60 * PAGE);
});
