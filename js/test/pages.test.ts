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

/** A page of these traces, the newest first: an id and when it began. */
function traces(given: readonly (readonly [string, number])[], next: string | null = null): PageResult {
  const { rows, ...rest } = page(0, given.length, next);
  return {
    ...rest,
    rows: {
      ...rows,
      trace_id: given.map(([id]) => id),
      time_ms: given.map(([, ms]) => ms),
      cells: [given.map(([id]) => `${id}!`)],
    },
  };
}

const shown = (pages: Pages) => [...pages.each()].map(({ rows, index }) => rows.trace_id[index]);

test("a row that changed takes the place of what was known of it, one that is not here is given back", () => {
  const pages = new Pages();
  pages.put(
    0,
    traces([
      ["b", 2],
      ["a", 1],
    ]),
  );
  const { rows } = traces([
    ["a", 1],
    ["c", 3],
  ]);
  const left = pages.renew({ ...rows, duration_ms: [70, null], cells: [["new", ""]] });
  assert.deepEqual(left, [1]);
  assert.deepEqual(shown(pages), ["b", "a"]);
  assert.equal(pages.at(1)!.rows.duration_ms[1], 70);
  assert.deepEqual(pages.at(1)!.rows.cells, [["b!", "new"]]);
  assert.equal(pages.scale[1], 70);
});

test("a new row goes where its time belongs, and pushes the last one of a full page out", () => {
  const pages = new Pages();
  const full = Array.from({ length: PAGE }, (_, n) => [`t${n}`, 2 * (PAGE - n)] as const);
  pages.put(0, traces(full, "key"));
  pages.put(1, page(PAGE, 5, null));
  assert.equal(pages.add({ rows: traces([["late", 9999]]).rows, index: 0 }), 0);
  assert.equal(pages.add({ rows: traces([["third", 2 * PAGE - 1]]).rows, index: 0 }), 2);
  assert.equal(pages.add({ rows: traces([["older", 0]]).rows, index: 0 }), -1);
  assert.deepEqual(shown(pages).slice(0, 4), ["late", "t0", "third", "t1"]);
  assert.equal(shown(pages).length, PAGE);
  assert.deepEqual(pages.at(2)!.rows.cells[0]!.slice(0, 3), ["late!", "t0!", "third!"]);
  // What lies behind has moved, so it is asked for by its place.
  assert.equal(pages.has(1), false);
  assert.equal(pages.tokenFor(1), null);
  assert.equal(pages.known().complete, false);
});

test("where all rows are here, an older one goes to their end", () => {
  const pages = new Pages();
  pages.put(0, traces([["b", 2]]));
  assert.equal(pages.add({ rows: traces([["a", 1]]).rows, index: 0 }), 1);
  assert.deepEqual([shown(pages), pages.known()], [["b", "a"], { rows: 2, complete: true }]);
});

test("a new span stands behind the earlier ones of its trace", () => {
  const pages = new Pages();
  const { rows, ...rest } = traces([
    ["b", 5],
    ["a", 1],
    ["a", 3],
  ]);
  pages.put(0, { ...rest, rows: { ...rows, span_id: ["s1", "s2", "s3"] } });
  const fresh = { ...traces([["a", 2]]).rows, span_id: ["s4"] };
  assert.deepEqual(pages.renew(fresh), [0]);
  assert.equal(pages.add({ rows: fresh, index: 0 }), 2);
  assert.deepEqual(pages.at(0)!.rows.span_id, ["s1", "s2", "s4", "s3"]);
});
