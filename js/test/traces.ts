import { buildTree, type Tree } from "../src/model/tree";
import type { Random } from "./random";

export interface Span {
  readonly start: number;
  readonly duration: number | null;
  readonly depth: number;
}

/** A tree from spans in preorder. */
export function treeOf(spans: readonly Span[]): Tree {
  const size = spans.map(() => 1);
  const path: number[] = [];
  spans.forEach((span, row) => {
    path.length = span.depth;
    for (const up of path) size[up]! += 1;
    path.push(row);
  });
  return buildTree({
    id: spans.map((_, row) => String(row)),
    start: spans.map((span) => span.start),
    duration: spans.map((span) => span.duration),
    depth: spans.map((span) => span.depth),
    size,
    name: spans.map(() => 0),
    type: spans.map(() => 0),
    status: spans.map(() => 0),
    tokens: spans.map(() => null),
  });
}

/** Spans of any shape; whole milliseconds, so that ties are common. Children may outlast their parents. */
export function randomSpans(random: Random, most = 24): Span[] {
  const count = 1 + random.int(most);
  const spans: Span[] = [{ start: 0, duration: 10 + random.int(40), depth: 0 }];
  for (let row = 1; row < count; row++) {
    const deepest = spans[row - 1]!.depth + 1;
    spans.push({ start: random.int(40), duration: random.int(20), depth: 1 + random.int(deepest) });
  }
  return spans;
}
