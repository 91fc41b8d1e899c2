import assert from "node:assert/strict";
import { test } from "node:test";
import { Undo } from "../src/model/undo";

const type = (undo: Undo, text: string, at = 0): void => {
  for (let end = 1; end <= text.length; end++)
    undo.put({ text: text.slice(0, end), cursor: end }, at + end * 50);
};

test("letters of a word are one step, and each word is one", () => {
  const undo = new Undo("");
  type(undo, "status = 'OK'");
  assert.deepEqual(undo.go(-1), { text: "status =", cursor: 8 });
  assert.deepEqual(undo.go(-1), { text: "status", cursor: 6 });
  assert.deepEqual(undo.go(-1), { text: "", cursor: 0 });
  assert.equal(undo.go(-1), null);
});

test("what was undone is done again, until something else is done", () => {
  const undo = new Undo("a");
  undo.put({ text: "ab", cursor: 2 }, null);
  undo.put({ text: "abc", cursor: 3 }, null);
  assert.equal(undo.go(-1)?.text, "ab");
  assert.equal(undo.go(-1)?.text, "a");
  assert.equal(undo.go(1)?.text, "ab");
  undo.put({ text: "x", cursor: 1 }, null);
  assert.equal(undo.go(1), null);
  assert.equal(undo.go(-1)?.text, "ab");
});

test("a rest begins a new step, and a click is one by itself", () => {
  const undo = new Undo("");
  type(undo, "ab");
  undo.put({ text: "abc", cursor: 3 }, 5000);
  undo.put({ text: "clicked", cursor: 7 }, null);
  undo.put({ text: "clicked!", cursor: 8 }, 5100);
  const seen: (string | undefined)[] = [];
  for (let step = 0; step < 4; step++) seen.push(undo.go(-1)?.text);
  assert.deepEqual(seen, ["clicked", "abc", "ab", ""]);
});

test("a text that stays is no step", () => {
  const undo = new Undo("a");
  undo.put({ text: "a", cursor: 0 }, null);
  assert.equal(undo.go(-1), null);
});
