import assert from "node:assert/strict";
import { test } from "node:test";
import { narrowed, proposals, taken } from "../src/model/proposals";
import type { Proposal } from "../src/wire/contract";

const item = (insert: string): Proposal => ({
  label: insert,
  insert,
  kind: "field",
  detail: "",
  count: null,
});
const answer = (from: number, to: number, ...inserts: string[]) => ({
  from,
  to,
  items: inserts.map(item),
  refinable: false,
});
const inserts = (found: ReturnType<typeof narrowed>) => found?.items.map((each) => each.insert) ?? null;

test("what stands there already is not proposed", () => {
  assert.deepEqual(inserts(proposals("status", 6, answer(0, 6, "status", "status_message"))), [
    "status_message",
  ]);
});

test("they narrow to what is typed on, in any case, and keep their place", () => {
  const now = proposals("cost > 1 AND s AND x = 2", 14, answer(13, 14, "status", "start_time", "session_id"));
  const next = narrowed(now, "cost > 1 AND Sta AND x = 2", 16);
  assert.deepEqual(inserts(next), ["status", "start_time"]);
  assert.equal(taken(next!, next!.items[0]!).text, "cost > 1 AND status AND x = 2");
  assert.equal(taken(next!, next!.items[0]!).cursor, 19);
});

test("quotes around a value do not hinder", () => {
  const now = proposals("env = 'p", 8, answer(6, 8, "'prod'", "'pre'"));
  assert.deepEqual(inserts(narrowed(now, "env = 'pro", 10)), ["'prod'"]);
});

test("they go when the text changed elsewhere, was taken away, or nothing fits", () => {
  const now = proposals("name = st", 9, answer(7, 9, "status"));
  assert.equal(narrowed(now, "nam = st", 8), null);
  assert.equal(narrowed(now, "name = s", 8), null);
  assert.equal(narrowed(now, "name = stx", 10), null);
  assert.equal(narrowed(now, "name = st AND", 13), null);
  assert.equal(narrowed(now, "name = st", 2), null);
});
