import assert from "node:assert/strict";
import { test } from "node:test";
import { answersOf } from "../src/model/answers";
import { chatOf } from "../src/model/chat";
import { documentsOf } from "../src/model/documents";

const said = (value: unknown) =>
  chatOf(value, ["inputs"])?.messages.map(
    (message) =>
      `${message.role}: ${message.parts.map((part) => (part.kind === "text" ? part.text : part.kind === "call" ? `${part.name}()` : part.kind)).join(" ")}`,
  ) ?? null;

test("messages under their usual keys, with what stands beside them", () => {
  const chat = chatOf({ messages: [{ role: "user", content: "hi" }], temperature: 0 }, ["inputs"])!;
  assert.deepEqual(chat.messages[0]!.parts, [
    { kind: "text", text: "hi", path: ["inputs", "messages", 0, "content"] },
  ]);
  assert.deepEqual(chat.messages[0]!.rolePath, ["inputs", "messages", 0, "role"]);
  assert.deepEqual(chat.rest, { temperature: 0 });
});

test("the shapes of many libraries", () => {
  const call = { id: "1", type: "function", function: { name: "search", arguments: "{}" } };
  assert.deepEqual(
    said({ choices: [{ message: { role: "assistant", content: null, tool_calls: [call] } }] }),
    ["assistant: search()"],
  );
  assert.deepEqual(
    said([
      { type: "human", content: "hi" },
      { type: "ai", content: "yes" },
    ]),
    ["user: hi", "assistant: yes"],
  );
  assert.deepEqual(said([[{ role: "user", content: "in a batch" }]]), ["user: in a batch"]);
  assert.deepEqual(said({ contents: [{ role: "user", parts: [{ text: "hi" }] }] }), ["user: hi"]);
  assert.deepEqual(
    said({ content: { role: "model", parts: [{ function_call: { name: "say_hello", args: {} } }] } }),
    ["assistant: say_hello()"],
  );
  assert.deepEqual(
    said({
      role: "assistant",
      content: [
        { type: "text", text: "a" },
        { type: "tool_use", name: "f", input: {} },
      ],
    }),
    ["assistant: a f()"],
  );
  assert.deepEqual(
    said([
      { role: "user", content: "q" },
      { type: "function_call", name: "f", arguments: "{}" },
      { type: "function_call_output", output: "42" },
    ]),
    ["user: q", "assistant: f()", "tool: 42"],
  );
});

test("what is no chat is left alone", () => {
  for (const value of [
    null,
    1,
    "text",
    [],
    {},
    { messages: [] },
    { messages: "hi" },
    [{ role: "admin" }],
    { input: [{ a: 1 }] },
    { output: [1, { role: "user", content: "" }] },
  ]) {
    assert.equal(said(value), null, JSON.stringify(value));
  }
});

test("documents have a text and a score or metadata", () => {
  const found = documentsOf({ documents: [{ page_content: "p", score: 0.9, metadata: { source: "a" } }] }, [
    "outputs",
  ])!;
  assert.deepEqual(found[0], {
    text: "p",
    textPath: ["outputs", "documents", 0, "page_content"],
    score: 0.9,
    scorePath: ["outputs", "documents", 0, "score"],
    rest: { metadata: { source: "a" } },
    path: ["outputs", "documents", 0],
  });
  assert.equal(documentsOf([{ content: "only a text" }], []), null);
  assert.equal(documentsOf([{ role: "user", content: "said", score: 1 }], []), null);
  assert.equal(documentsOf([], []), null);
});

test("an answer is found by the call that it belongs to, as each library writes it", () => {
  const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
  const openai = [
    { role: "assistant", content: null, tool_calls: [call("a"), call("b")] },
    { role: "tool", tool_call_id: "b", content: "two" },
    { role: "tool", tool_call_id: "z", content: "of nobody" },
  ];
  const anthropic = [
    { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: {} }] },
    {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "one" }] }],
    },
  ];
  const responses = [
    { role: "user", content: "go" },
    { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "a", output: "one" },
  ];
  const found = (messages: unknown) =>
    [...answersOf(chatOf(messages, ["inputs"])!.messages)].map(([id, parts]) => [
      id,
      parts.map((part) => part.kind === "text" && part.text),
    ]);
  assert.deepEqual(found(openai), [["b", ["two"]]]);
  assert.deepEqual(found(anthropic), [["a", ["one"]]]);
  assert.deepEqual(found(responses), [["a", ["one"]]]);
});

test("a picture is what lies in the trace; an address elsewhere is a text", () => {
  const kinds = (block: unknown) =>
    chatOf([{ role: "user", content: [block] }], ["inputs"])!.messages[0]!.parts.map((part) => [
      part.kind,
      part.path.slice(4),
    ]);
  assert.deepEqual(kinds({ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }), [
    ["image", ["image_url", "url"]],
  ]);
  assert.deepEqual(kinds({ type: "input_image", image_url: "data:image/png;base64,AA" }), [
    ["image", ["image_url"]],
  ]);
  assert.deepEqual(
    kinds({ type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } }),
    [["image", ["source", "data"]]],
  );
  assert.deepEqual(kinds({ inline_data: { mime_type: "image/webp", data: "AA" } }), [
    ["image", ["inline_data", "data"]],
  ]);
  assert.deepEqual(
    kinds({ type: "image_url", image_url: { url: "https://example.com/x.png" } })[0]![0],
    "json",
  );
});
