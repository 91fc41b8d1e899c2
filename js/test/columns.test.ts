import assert from "node:assert/strict";
import { test } from "node:test";
import {
  columnOfKey,
  hiddenColumns,
  layoutColumns,
  moved,
  nextDirection,
  numericColumns,
  shortName,
} from "../src/model/columns";

test("a column's title is the end of its path", () => {
  assert.equal(shortName("tag.env"), "env");
  assert.equal(shortName("retriever.outputs.documents[0].score"), "score");
  assert.equal(shortName("outputs.choices[0]"), "choices[0]");
  assert.equal(shortName('span.attributes["gen_ai.request.model"]'), '["gen_ai.request.model"]');
  assert.equal(shortName({ path: "a.b", name: "mine" }), "mine");
  assert.equal(shortName("x"), "x");
});

test("the fixed columns come first, the added ones know their place", () => {
  const columns = layoutColumns({
    extra: ["tag.env", { path: "a.b", pick: "last" }],
    layout: { widths: { "tag.env": 200 } },
  });
  assert.deepEqual(
    columns.map((column) => column.id),
    ["time", "name", "duration", "tokens", "status", "tag.env", "a.b"],
  );
  assert.deepEqual(
    columns.slice(5).map((column) => [column.extra, column.width]),
    [
      [0, 200],
      [1, 120],
    ],
  );
  assert.deepEqual(
    layoutColumns({ extra: [], layout: {}, narrow: true }).map((column) => column.id),
    ["name", "duration", "status"],
  );
});

test("an order names the base columns that are shown; every other name is a place for the next extra one", () => {
  const ids = (order: readonly string[], extra: readonly string[]) =>
    layoutColumns({ extra, layout: { order } }).map((column) => column.id);
  assert.deepEqual(ids(["name", "a", "time"], ["a"]), ["name", "a", "time"]);
  assert.deepEqual(ids(["name", "a", "time"], ["b", "c"]), ["name", "b", "time", "c"]);
  assert.deepEqual(ids(["name", "a", "name", "constructor"], ["b"]), ["name", "b"]);
  assert.deepEqual(hiddenColumns({ order: ["name", "a"] }), ["time", "duration", "tokens", "status"]);
  assert.deepEqual(hiddenColumns({}), []);
});

test("moving a column changes the order, and the extra columns' own order with it", () => {
  const extra = ["a", { path: "b", pick: "last" }];
  const columns = layoutColumns({ extra, layout: { order: ["name", "time"] } });
  assert.deepEqual(moved(columns, extra, 3, 0), {
    order: ["b", "name", "time", "a"],
    extra: [extra[1], "a"],
  });
  assert.equal(moved(columns, extra, 1, 1), null);
  assert.equal(moved(columns, extra, 1, 9), null);
});

test("pinned columns stand beside each other when the list scrolls", () => {
  const columns = layoutColumns({ extra: ["a"], layout: { pinned: ["time", "a"], widths: { time: 100 } } });
  const pinned = columns.filter((column) => column.pinned);
  assert.deepEqual(
    pinned.map((column) => [column.id, column.stays]),
    [
      ["time", 28],
      ["a", 128],
    ],
  );
});

test("a column is numeric when it has numbers and nothing else", () => {
  const page = [
    [1, null, 2.5],
    [null, null, null],
    [1, "x", 2],
    ["a", "b", "c"],
  ];
  assert.deepEqual([...numericColumns([page])], [0]);
  assert.deepEqual([...numericColumns([page, [["late"], [3], [1], ["d"]]])], [1]);
});

test("a header asks for the largest first, then turns, then lets go", () => {
  assert.equal(nextDirection("duration", null), "desc");
  assert.equal(nextDirection("duration", "desc"), "asc");
  assert.equal(nextDirection("duration", "asc"), null);
  assert.equal(nextDirection("name", null), "asc");
});

test("an order key finds its column", () => {
  assert.equal(columnOfKey("timestamp_ms"), "time");
  assert.equal(columnOfKey("trace.latency"), "duration");
  assert.equal(columnOfKey("constructor"), "constructor");
  assert.equal(columnOfKey("tag.env"), "tag.env");
});
