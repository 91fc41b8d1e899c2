import assert from "node:assert/strict";
import { test } from "node:test";
import { orderOf, tokenize } from "../src/model/tokens";
import { forMany } from "./random";

const KEYWORDS = new Set(["AND", "OR", "NOT", "ORDER", "BY", "DESC", "ASC", "LIKE", "LIMIT", "NULLS"]);
const kinds = (text: string) =>
  tokenize(text, KEYWORDS)
    .filter((token) => token.kind !== "space")
    .map((token) => `${token.kind} ${token.text}`);

test("words, texts, numbers and signs are told apart", () => {
  assert.deepEqual(kinds("status = 'it''s' and duration>1h30m"), [
    "name status",
    "operator =",
    "string 'it''s'",
    "keyword and",
    "name duration",
    "operator >",
    "number 1h30m",
  ]);
  assert.deepEqual(kinds("{type=:k} >> {} -- no"), [
    "brace {",
    "name type",
    "operator =",
    "param :k",
    "brace }",
    "operator >>",
    "brace {",
    "brace }",
    "comment -- no",
  ]);
});

test("after a dot a word is a key, whatever it spells", () => {
  assert.deepEqual(kinds("tag.order.2x"), ["name tag", "operator .", "name order", "operator .", "name 2x"]);
});

test("a text that is not closed is broken to its end", () => {
  assert.deepEqual(kinds("a = 'b c"), ["name a", "operator =", "broken 'b c"]);
});

test("the tokens, joined, are the text, whatever it is", () => {
  const alphabet = [
    "'",
    '"',
    "`",
    " ",
    ".",
    "-",
    "--",
    "/*",
    "*/",
    ":",
    "a",
    "AND",
    "9",
    "5s",
    "%",
    "é",
    "😀",
    "\ud83d",
    "{",
    ">",
    "\n",
    "\0",
    "\\",
    "[",
    "=~",
    "µ",
  ];
  forMany(500, (random) => {
    const text = random.text(random.int(30), alphabet);
    const tokens = tokenize(text, KEYWORDS);
    assert.equal(tokens.map((token) => token.text).join(""), text);
    let at = 0;
    for (const token of tokens) {
      assert.equal(token.start, at);
      assert.ok(token.text.length > 0);
      at += token.text.length;
    }
  });
});

test("the first key of ORDER BY is found, outside of blocks and texts only", () => {
  const order = (text: string) => orderOf(tokenize(text, KEYWORDS));
  assert.deepEqual(order("status='x' ORDER BY duration DESC, name"), { key: "duration", direction: "desc" });
  assert.deepEqual(order("order by retriever.outputs.documents[0].score"), {
    key: "retriever.outputs.documents[0].score",
    direction: "asc",
  });
  assert.deepEqual(order("ORDER BY max(duration, {type='TOOL'}) DESC LIMIT 3"), {
    key: "max(duration,{type='TOOL'})",
    direction: "desc",
  });
  assert.equal(order("name = 'ORDER BY x'"), null);
  assert.equal(order("ORDER BY "), null);
  assert.equal(order("tag.order = 'by'"), null);
});
