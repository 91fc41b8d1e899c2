import assert from "node:assert/strict";
import { test } from "node:test";
import { columnOfKey, layoutColumns, nextDirection, shortName } from "../src/model/columns";

test("a column's title is the end of its path", () => {
  assert.equal(shortName("tag.env"), "env");
  assert.equal(shortName("retriever.outputs.documents[0].score"), "score");
  assert.equal(shortName("outputs.choices[0]"), "choices[0]");
  assert.equal(shortName('span.attributes["gen_ai.request.model"]'), '["gen_ai.request.model"]');
  assert.equal(shortName({ path: "a.b", name: "mine" }), "mine");
  assert.equal(shortName("x"), "x");
});

test("the fixed columns come first, the added ones know their place", () => {
  const columns = layoutColumns(["tag.env", { path: "a.b", pick: "last" }], { "tag.env": 200 });
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
    layoutColumns([], {}, true).map((column) => column.id),
    ["name", "duration", "status"],
  );
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
