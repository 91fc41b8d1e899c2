import assert from "node:assert/strict";
import { test } from "node:test";
import { actionFor, belongsHere, KEYS, nameOf, type Pane } from "../src/model/keys";

const press = (
  key: string,
  held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test("a key has one meaning per pane", () => {
  const seen = new Set<string>();
  for (const { panes, keys } of KEYS) {
    for (const pane of panes) {
      for (const key of keys) {
        const place = `${pane} ${key}`;
        assert.ok(!seen.has(place), `${place} means two things`);
        seen.add(place);
      }
    }
  }
});

test("every key is spelled as key presses are", () => {
  for (const { keys } of KEYS) {
    for (const key of keys) {
      const parts = key.split("+").filter((part) => part !== "");
      const held = { ctrlKey: parts.includes("Ctrl"), shiftKey: parts.includes("Shift") };
      const bare = parts.at(-1) === "Space" ? " " : (parts.at(-1) ?? key);
      assert.equal(nameOf(press(bare, held)), key);
    }
  }
});

test("the panes that have rows share the keys for moving", () => {
  for (const pane of ["list", "trace", "detail"] as const satisfies readonly Pane[]) {
    assert.equal(actionFor(pane, press("j")), "down");
    assert.equal(actionFor(pane, press("ArrowUp")), "up");
    assert.equal(actionFor(pane, press("?", { shiftKey: true })), "help");
    assert.equal(actionFor(pane, press("J", { shiftKey: true })), "nextTrace");
  }
});

test("the notebook's own combinations pass", () => {
  for (const key of [
    press("Enter", { shiftKey: true }),
    press("Enter", { ctrlKey: true }),
    press("s", { ctrlKey: true }),
    press("s", { metaKey: true }),
    press("Enter", { altKey: true }),
  ]) {
    for (const pane of ["bar", "list", "trace", "detail"] as const) assert.equal(actionFor(pane, key), null);
    assert.equal(belongsHere(key), false);
  }
});

test("a bare letter never reaches the notebook, where it would insert or cut a cell", () => {
  for (const key of ["a", "b", "d", "x", "z", "0", "Enter", "ArrowDown", "Delete"])
    assert.equal(belongsHere(press(key)), true);
  for (const key of ["Tab", "Escape", "F5"]) assert.equal(belongsHere(press(key)), false);
});
