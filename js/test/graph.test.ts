import assert from "node:assert/strict";
import { test } from "node:test";
import { buildTree } from "../src/model/tree";
import { drawGraph } from "../src/more/graph/drawing";
import { foldTrace } from "../src/more/graph/fold";
import { backEdges, type Call, layersOf } from "../src/more/graph/layers";
import type { TraceResult } from "../src/wire/contract";
import { forMany, type Random } from "./random";

interface Called {
  readonly name: string;
  readonly depth: number;
  readonly ms?: number;
  readonly failed?: boolean;
}

/** A trace of calls in preorder. */
function traceOf(calls: readonly Called[]): TraceResult {
  const names = [...new Set(calls.map(({ name }) => name))];
  const size = calls.map(() => 1);
  const below: number[] = [];
  for (let row = calls.length - 1; row >= 0; row--) {
    const { depth } = calls[row]!;
    size[row]! += below[depth + 1] ?? 0;
    below[depth + 1] = 0;
    below[depth] = (below[depth] ?? 0) + size[row]!;
  }
  const spans = {
    id: calls.map((_, row) => String(row)),
    start: calls.map(() => 0),
    duration: calls.map(({ ms }) => ms ?? 1),
    depth: calls.map(({ depth }) => depth),
    size,
    name: calls.map(({ name }) => names.indexOf(name)),
    type: calls.map(() => 0),
    status: calls.map(({ failed }) => (failed ? 2 : 1)),
    tokens: calls.map(() => 2),
  };
  return { spans, names, types: ["TOOL"] } as unknown as TraceResult;
}

const folded = (calls: readonly Called[], most?: number) => {
  const trace = traceOf(calls);
  return foldTrace(trace, buildTree(trace.spans), most);
};

const AGENT: readonly Called[] = [
  { name: "agent", depth: 0, ms: 10 },
  { name: "plan", depth: 1, ms: 2 },
  { name: "search", depth: 1, ms: 3, failed: true },
  { name: "embed", depth: 2, ms: 1 },
  { name: "search", depth: 1, ms: 4 },
  { name: "embed", depth: 2, ms: 1 },
  { name: "embed", depth: 2, ms: 1 },
];

test("calls of one name are one node, calls from name to name one edge", () => {
  const { nodes, edges, left } = folded(AGENT);
  assert.deepEqual(
    nodes.map(({ name, calls, errors, total, tokens, first }) => [name, calls, errors, total, tokens, first]),
    [
      ["agent", 1, 0, 10, 2, 0],
      ["plan", 1, 0, 2, 2, 1],
      ["search", 2, 1, 7, 4, 2],
      ["embed", 3, 0, 3, 6, 3],
    ],
  );
  assert.deepEqual(
    edges.map(({ from, to, calls, errors, time }) => [from, to, calls, errors, time]),
    [
      [0, 1, 1, 0, 2],
      [0, 2, 2, 1, 7],
      [2, 3, 3, 0, 3],
    ],
  );
  assert.equal(left, 0);
});

test("a call within one of its own name does not add to its time", () => {
  const { nodes, edges } = folded([
    { name: "solve", depth: 0, ms: 9 },
    { name: "split", depth: 1, ms: 8 },
    { name: "solve", depth: 2, ms: 7 },
    { name: "solve", depth: 3, ms: 5 },
  ]);
  assert.deepEqual(
    nodes.map(({ total }) => total),
    [9, 8],
  );
  assert.deepEqual(
    edges.map(({ from, to }) => [from, to]),
    [
      [0, 1],
      [1, 0],
      [0, 0],
    ],
  );
});

test("of very many names the heaviest stay, and are called by who called those left out", () => {
  const { nodes, edges, left } = folded(
    [
      { name: "agent", depth: 0, ms: 100 },
      { name: "thin", depth: 1, ms: 2 },
      { name: "inner", depth: 2, ms: 30 },
      { name: "leaf", depth: 2, ms: 1 },
    ],
    2,
  );
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ["agent", "inner"],
  );
  assert.deepEqual(
    edges.map(({ from, to }) => [from, to]),
    [[0, 1]],
  );
  assert.equal(left, 2);
});

test("every span counts once, and every call between kept names", () => {
  forMany(200, (random) => {
    const calls: Called[] = [{ name: "n0", depth: 0 }];
    for (let row = 1; row < 2 + random.int(60); row++) {
      calls.push({
        name: `n${random.int(9)}`,
        depth: 1 + random.int(calls[row - 1]!.depth + 1),
        ms: random.int(9),
      });
    }
    const { nodes, edges } = folded(calls);
    assert.equal(
      nodes.reduce((sum, node) => sum + node.calls, 0),
      calls.length,
    );
    assert.equal(
      edges.reduce((sum, edge) => sum + edge.calls, 0),
      calls.length - 1,
    );
  });
});

test("a hundred thousand spans fold to their few names", () => {
  const calls: Called[] = [{ name: "root", depth: 0 }];
  for (let n = 1; n < 100_000; n++) calls.push({ name: `n${n % 20}`, depth: 1 + (n % 4) });
  const { nodes, edges } = folded(calls);
  assert.equal(nodes.length, 21);
  assert.equal(
    edges.reduce((sum, edge) => sum + edge.calls, 0),
    99_999,
  );
  const deep = folded(Array.from({ length: 20_000 }, (_, depth) => ({ name: `n${depth % 3}`, depth })));
  assert.equal(deep.nodes.length, 3);
});

function randomCalls(random: Random, count: number): Call[] {
  const calls = new Map<string, Call>();
  for (let n = 0; n < random.int(3 * count); n++) {
    const call = { from: random.int(count), to: random.int(count) };
    calls.set(`${call.from} ${call.to}`, call);
  }
  return [...calls.values()];
}

test("without the edges that lead back there is no circle, and every call leads to a later layer", () => {
  forMany(300, (random) => {
    const count = 1 + random.int(14);
    const calls = randomCalls(random, count);
    const back = backEdges(count, calls);
    const layer = layersOf(count, calls, back);
    calls.forEach(({ from, to }, edge) => {
      if (from === to) assert.ok(back.has(edge));
      else if (back.has(edge)) assert.ok(layer[to]! < layer[from]!);
      else assert.ok(layer[to]! > layer[from]!);
    });
  });
});

test("what leads forward only has no edge that leads back", () => {
  const calls = [
    { from: 0, to: 1 },
    { from: 0, to: 2 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
  ];
  assert.equal(backEdges(4, calls).size, 0);
  assert.deepEqual(layersOf(4, calls, new Set()), [0, 1, 2, 3]);
});

const SIZES = { gap: 100, space: 12, margin: 10, port: 17 };

test("no two nodes touch, all of them are in the picture, and no edge crosses a node", () => {
  forMany(300, (random) => {
    const count = 1 + random.int(14);
    const calls = randomCalls(random, count);
    const width = Array.from({ length: count }, () => 80 + random.int(100));
    const height = Array.from({ length: count }, () => 34 + random.int(30));
    const { nodes, edges, width: wide, height: high } = drawGraph(count, calls, { ...SIZES, width, height });
    nodes.forEach((a, n) => {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= wide && a.y + a.height <= high + 0.001);
      for (const b of nodes.slice(n + 1)) {
        const beside = a.x + a.width <= b.x || b.x + b.width <= a.x;
        const below =
          a.y + a.height + SIZES.space <= b.y + 0.001 || b.y + b.height + SIZES.space <= a.y + 0.001;
        assert.ok(beside || below);
      }
    });
    for (const points of edges) {
      for (let n = 1; n < (points?.length ?? 0); n++) {
        const [from, to] = [points![n - 1]!, points![n]!];
        assert.ok(from.x < to.x);
        // Where it runs through a layer it runs straight, between the nodes.
        if (from.y !== to.y) continue;
        for (const node of nodes) {
          const over = from.x < node.x + node.width && to.x > node.x;
          assert.ok(!over || from.y <= node.y || from.y >= node.y + node.height);
        }
      }
    }
  });
});

test("labels have room where edges come in: no two ports of a node are nearer than one takes", () => {
  forMany(100, (random) => {
    const count = 2 + random.int(10);
    const calls = randomCalls(random, count);
    const height = Array.from({ length: count }, () => 40);
    const { edges } = drawGraph(count, calls, { ...SIZES, width: height.map(() => 100), height });
    const ends = edges.flatMap((points) => (points ? [points.at(-1)!] : []));
    ends.forEach((a, n) => {
      for (const b of ends.slice(n + 1)) assert.ok(a.x !== b.x || Math.abs(a.y - b.y) >= SIZES.port - 0.001);
    });
  });
});
