import assert from "node:assert/strict";
import { test } from "node:test";
import {
  everything,
  isEmpty,
  keyText,
  MOST_IDS,
  membership,
  NOTHING,
  rowKey,
  sizeOf,
  withKeys,
} from "../src/model/selection";
import type { RowKey, Selection } from "../src/wire/contract";
import { forMany } from "./random";

const shown = { filter: "status = 'ERROR'", rows: "traces" as const };

test("a key is a trace's id, or a pair with a span's", () => {
  assert.equal(rowKey("t", undefined), "t");
  assert.deepEqual(rowKey("t", "s"), ["t", "s"]);
  assert.notEqual(keyText(["a", "b"]), keyText(["a b", ""]));
});

test("picking a row out of everything leaves the rest", () => {
  const all = everything(shown.filter, "traces");
  const less = withKeys(all, ["t1"], false, shown)!;
  assert.deepEqual(less, { ...all, except: ["t1"] });
  assert.equal(membership(less, shown)("t1"), false);
  assert.equal(membership(less, shown)("t2"), true);
  assert.equal(sizeOf(less, 38), 37);
  assert.equal(sizeOf(less, null), null);
});

test("everything of another filter says nothing about the rows shown, and picking starts anew", () => {
  const all = everything("other", "traces");
  assert.equal(membership(all, shown)("t1"), false);
  assert.deepEqual(withKeys(all, ["t1"], true, shown), { ids: ["t1"] });
});

test("more single rows than can be synced are refused, not cut", () => {
  const ids = Array.from({ length: MOST_IDS }, (_, n) => `t${n}`);
  assert.equal(withKeys({ ids }, ["one more"], true, shown), null);
  assert.deepEqual(withKeys({ ids }, ["t5"], true, shown), { ids });
});

test("a selection holds what a plain set would, after any picks", () => {
  forMany(200, (random) => {
    const keys: RowKey[] = Array.from({ length: 12 }, (_, n) => (n % 2 ? `t${n}` : [`t${n}`, "s"]));
    const inverse = random.int(2) === 0;
    let selection: Selection = inverse ? everything(shown.filter, "traces") : NOTHING;
    const model = new Set(inverse ? keys.map(keyText) : []);
    for (let step = 0; step < 20; step++) {
      const some = keys.filter(() => random.int(3) === 0);
      const chosen = random.int(2) === 0;
      selection = withKeys(selection, some, chosen, shown)!;
      for (const key of some) chosen ? model.add(keyText(key)) : model.delete(keyText(key));
      const has = membership(selection, shown);
      for (const key of keys) assert.equal(has(key), model.has(keyText(key)));
      assert.equal(sizeOf(selection, keys.length), model.size);
    }
    assert.equal(isEmpty(selection), !inverse && model.size === 0);
  });
});
