/**
 * The critical path: the chain of work that decided when the trace ended. From a span's end walk back to
 * the last child that ended by then (ties allowed), follow it, and go on from where that child began; what
 * no child covers is the span's own time. Shortening anything off this path does not make the trace faster.
 *
 * Children are clamped to their parent. An explicit stack, and each span's children sorted once:
 * O(n log n) time whatever the shape.
 */

import { childRows, rootRows, type Tree } from "./tree";

/** Own time of the span at `row` on the path, in ms after the trace's start. */
export interface Segment {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

interface Frame {
  readonly row: number;
  readonly from: number;
  /** where it ends, clamped to its parents */
  readonly to: number;
  /** children by end, the last one on top */
  readonly left: number[];
  cursor: number;
}

export function criticalPath(tree: Tree): Segment[] {
  const path: Segment[] = [];
  const stack: Frame[] = [];
  const ordered = (rows: number[], limit: number): number[] =>
    rows.sort(
      (a, b) =>
        Math.min(tree.end[a]!, limit) - Math.min(tree.end[b]!, limit) || tree.start[a]! - tree.start[b]!,
    );
  const enter = (row: number, from: number, to: number): void => {
    stack.push({ row, from, to, cursor: to, left: ordered(childRows(tree, row), to) });
  };
  const last = ordered(rootRows(tree), Number.POSITIVE_INFINITY).at(-1);
  if (last === undefined) return path;
  enter(last, tree.start[last]!, tree.end[last]!);
  while (stack.length > 0) {
    const frame = stack[stack.length - 1]!;
    const child = frame.left.pop();
    if (child === undefined) {
      add(path, frame.row, frame.from, frame.cursor);
      stack.pop();
      continue;
    }
    const end = Math.min(tree.end[child]!, frame.to);
    if (end > frame.cursor || end <= frame.from) continue;
    const start = Math.max(tree.start[child]!, frame.from);
    if (start > end) continue;
    add(path, frame.row, end, frame.cursor);
    frame.cursor = start;
    enter(child, start, end);
  }
  return path.reverse().sort((a, b) => a.from - b.from);
}

function add(path: Segment[], row: number, from: number, to: number): void {
  if (to > from) path.push({ row, from, to });
}

/** The path by row, for drawing. */
export function byRow(path: readonly Segment[]): Map<number, Segment[]> {
  const rows = new Map<number, Segment[]>();
  for (const segment of path) {
    const list = rows.get(segment.row);
    if (list) list.push(segment);
    else rows.set(segment.row, [segment]);
  }
  return rows;
}
