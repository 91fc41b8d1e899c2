import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyModel } from "../src/wire/model";
import { Rpc, RpcError } from "../src/wire/rpc";
import { Slot } from "../src/wire/slot";

interface Sent {
  readonly v: string;
  readonly id?: number;
  readonly cancel?: number;
  readonly method?: string;
}

/** A wire whose other end is the test. */
function wire() {
  const end = new AbortController();
  const sent: Sent[] = [];
  const listeners = new Set<(...args: unknown[]) => void>();
  const model = {
    send: (content: Sent) => sent.push(content),
    on: (_: string, callback: (...args: unknown[]) => void) => listeners.add(callback),
    off: (_: string, callback: (...args: unknown[]) => void) => listeners.delete(callback),
  } as unknown as AnyModel;
  const say = (content: unknown, value?: unknown): void => {
    const buffers =
      value === undefined ? [] : [new DataView(new TextEncoder().encode(JSON.stringify(value)).buffer)];
    for (const callback of [...listeners]) callback(content, buffers);
  };
  return { rpc: new Rpc(model, end.signal), sent, say, end, listeners };
}

const check = { filter: "", rows: "traces" } as const;

test("a reply finds its call, in any order", async () => {
  const { rpc, sent, say } = wire();
  const first = rpc.call("check", check);
  const second = rpc.call("check", check);
  assert.deepEqual(
    sent.map((each) => each.id),
    [1, 2],
  );
  say({ v: rpc.view, re: 2, ok: true }, { gloss: "two", diagnostics: [] });
  say({ v: rpc.view, re: 1, ok: true }, { gloss: "one", diagnostics: [] });
  assert.equal((await first).gloss, "one");
  assert.equal((await second).gloss, "two");
});

test("replies to other views, pushes, repetitions and nonsense are ignored", async () => {
  const { rpc, say } = wire();
  const call = rpc.call("check", check);
  for (const content of [
    { v: "another", re: 1, ok: true },
    { push: "rows" },
    null,
    "x",
    { v: rpc.view },
    { v: rpc.view, re: "1" },
    { v: rpc.view, re: 99, ok: true },
  ]) {
    say(content, { gloss: "wrong", diagnostics: [] });
  }
  say({ v: rpc.view, re: 1, ok: true }, { gloss: "right", diagnostics: [] });
  say({ v: rpc.view, re: 1, ok: true }, { gloss: "again", diagnostics: [] });
  assert.equal((await call).gloss, "right");
});

test("an error reply rejects with its kind and diagnostics", async () => {
  const { rpc, say } = wire();
  const call = rpc.call("check", check);
  const diagnostic = { severity: "error", code: "x", message: "no", start: 0, end: 1, fixes: [] };
  say({ v: rpc.view, re: 1, error: { kind: "filter", message: "no", diagnostics: [diagnostic] } });
  await assert.rejects(
    call,
    (error) => error instanceof RpcError && error.kind === "filter" && error.diagnostics.length === 1,
  );
});

test("a reply that cannot be read is an error, not silence", async () => {
  const { rpc, say } = wire();
  const call = rpc.call("check", check);
  say({ v: rpc.view, re: 1, ok: true });
  await assert.rejects(call, /could not be read/);
});

test("a buffer that is a part of a larger one is read where it lies", async () => {
  const { rpc, listeners } = wire();
  const call = rpc.call("check", check);
  const whole = new TextEncoder().encode(`xxx${JSON.stringify({ gloss: "é😀", diagnostics: [] })}yyy`);
  const part = new DataView(whole.buffer, 3, whole.byteLength - 6);
  for (const callback of listeners) callback({ v: rpc.view, re: 1, ok: true }, [part]);
  assert.equal((await call).gloss, "é😀");
});

test("aborting cancels in the kernel, and a late reply is dropped", async () => {
  const { rpc, sent, say } = wire();
  const stop = new AbortController();
  const call = rpc.call("check", check, stop.signal);
  stop.abort();
  await assert.rejects(call, { kind: "cancelled" });
  assert.deepEqual(sent.at(-1), { v: rpc.view, cancel: 1 });
  say({ v: rpc.view, re: 1, ok: true }, {});
});

test("the end of the view cancels what is open and stops listening", async () => {
  const { rpc, end, listeners } = wire();
  const call = rpc.call("check", check);
  end.abort();
  await assert.rejects(call, { kind: "cancelled" });
  assert.equal(listeners.size, 0);
});

test("a slot has one call in flight and one pending, the newest", async () => {
  for (const mode of ["replace", "finish"] as const) {
    const slot = new Slot(mode);
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) =>
      slot.run((signal) => {
        started.push(name);
        return new Promise<string>((resolve, reject) => {
          ends.set(name, () => resolve(name));
          signal.addEventListener("abort", () => reject(new RpcError({ kind: "cancelled", message: "" })));
        });
      });
    const calls = ["a", "b", "c"].map((name) => work(name).catch((error: RpcError) => error.kind));
    assert.deepEqual(started, ["a"]);
    ends.get("a")!();
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.deepEqual(started, ["a", "c"]);
    ends.get("c")!();
    assert.deepEqual(await Promise.all(calls), [mode === "replace" ? "cancelled" : "a", "cancelled", "c"]);
    assert.equal(slot.busy, false);
  }
});

test("what Python sends unasked is handed on, and answered so that it knows of somebody, though not each time", () => {
  const { rpc, sent, say } = wire();
  const came: unknown[] = [];
  rpc.pushed = (asked, push) => came.push([asked, push]);
  const asked = { filter: "x", rows: "traces", columns: [], predicates: [] };
  say({ push: "rows", question: asked }, { rows: 1 });
  say({ push: "rows", question: asked }, { rows: 2 });
  assert.deepEqual(came, [
    [asked, { rows: 1 }],
    [asked, { rows: 2 }],
  ]);
  assert.deepEqual(sent, [{ v: rpc.view, cancel: 0 }]);
  assert.ok(rpc.silence(performance.now()) < 1000);
});
