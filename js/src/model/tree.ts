/**
 * A trace as a tree in preorder: a span's children are the rows that follow it within its `size`.
 * Everything is one linear scan over flat arrays, so 100,000 spans and a depth of 20,000 are ordinary.
 */

import type { TraceResult } from "../wire/contract";
import { type Groups, groupLine, rowOf } from "./groups";

export interface Tree {
  readonly count: number;
  /** ms after the trace's start */
  readonly start: Float64Array;
  /** ms after the trace's start; a running span ends where the trace does so far */
  readonly end: Float64Array;
  readonly open: Uint8Array;
  readonly depth: Int32Array;
  readonly size: Int32Array;
  /** row of the parent, -1 for a root */
  readonly parent: Int32Array;
  /** first and last moment of any span */
  readonly from: number;
  readonly to: number;
}

/** `now`, in ms after the trace's start, is what running spans reach to, if that is later than all that has ended. */
export function buildTree(spans: TraceResult["spans"], now = 0): Tree {
  const count = spans.id.length;
  const start = Float64Array.from(spans.start);
  const end = new Float64Array(count);
  const open = new Uint8Array(count);
  const depth = new Int32Array(count);
  const size = Int32Array.from(spans.size);
  const parent = new Int32Array(count);
  let from = count > 0 ? Number.POSITIVE_INFINITY : 0;
  let to = count > 0 ? Number.NEGATIVE_INFINITY : 0;
  for (let row = 0; row < count; row++) {
    const length = spans.duration[row] ?? null;
    const begin = start[row]!;
    open[row] = length === null ? 1 : 0;
    end[row] = begin + Math.max(0, length ?? 0);
    from = Math.min(from, begin);
    to = Math.max(to, end[row]!, length === null ? now : 0);
  }
  const path: number[] = [];
  for (let row = 0; row < count; row++) {
    if (open[row] === 1) end[row] = Math.max(to, start[row]!);
    while (path.length > 0 && row >= path[path.length - 1]! + size[path[path.length - 1]!]!) path.pop();
    parent[row] = path.length > 0 ? path[path.length - 1]! : -1;
    depth[row] = path.length;
    if (size[row]! > 1) path.push(row);
  }
  return { count, start, end, open, depth, size, parent, from, to };
}

/**
 * Lines to draw, top to bottom: rows, and before the siblings of a group a line for it (`groupLine`). The spans in
 * `folded` hide what is below them, a group that is not in `spread` hides its siblings.
 */
export function visibleLines(
  tree: Tree,
  folded: ReadonlySet<number>,
  groups: Groups,
  spread: ReadonlySet<number>,
): Int32Array {
  const lines = new Int32Array(tree.count + groups.byFirst.size);
  let used = 0;
  for (let row = 0; row < tree.count; ) {
    const group = groups.byFirst.get(row);
    if (group) {
      lines[used++] = groupLine(row);
      if (!spread.has(row)) {
        row = group.end;
        continue;
      }
    }
    lines[used++] = row;
    row += folded.has(row) ? tree.size[row]! : 1;
  }
  return lines.subarray(0, used);
}

/** What is worked out once for a row of a tree: a parent of 100,000 is drawn at every step of scrolling, and sorts them. */
export function perRow<T>(make: (tree: Tree, row: number) => T): (tree: Tree, row: number) => T {
  const trees = new WeakMap<Tree, Map<number, T>>();
  return (tree, row) => {
    const known = trees.get(tree) ?? new Map<number, T>();
    trees.set(tree, known);
    if (!known.has(row)) known.set(row, make(tree, row));
    return known.get(row)!;
  };
}

/** The rows of a span's children, in order. */
export function childRows(tree: Tree, row: number): number[] {
  const rows: number[] = [];
  const last = row + tree.size[row]!;
  for (let child = row + 1; child < last; child += tree.size[child]!) rows.push(child);
  return rows;
}

export function rootRows(tree: Tree): number[] {
  const rows: number[] = [];
  for (let row = 0; row < tree.count; row += tree.size[row]!) rows.push(row);
  return rows;
}

/** Folds that keep only the first `levels` levels open. */
export function foldBelow(tree: Tree, levels: number): Set<number> {
  const folded = new Set<number>();
  for (let row = 0; row < tree.count; row++) {
    if (tree.depth[row] === levels - 1 && tree.size[row]! > 1) folded.add(row);
  }
  return folded;
}

/** `folded` without those that hide `row`. */
export function reveal(tree: Tree, folded: ReadonlySet<number>, row: number): ReadonlySet<number> {
  const hidden: number[] = [];
  for (let up = tree.parent[row] ?? -1; up >= 0; up = tree.parent[up]!) if (folded.has(up)) hidden.push(up);
  if (hidden.length === 0) return folded;
  const open = new Set(folded);
  for (const up of hidden) open.delete(up);
  return open;
}

/** `spread` with the groups that `row` and what it is below are members of. */
export function spreadFor(
  tree: Tree,
  groups: Groups,
  spread: ReadonlySet<number>,
  row: number,
): ReadonlySet<number> {
  const more: number[] = [];
  for (let up = row; up >= 0; up = tree.parent[up]!) {
    const first = groups.memberOf[up]!;
    if (first >= 0 && !spread.has(first)) more.push(first);
  }
  return more.length === 0 ? spread : new Set([...spread, ...more]);
}

/** Where a row or a group stands among the lines: itself, or what it is folded into. */
export function positionOf(tree: Tree, groups: Groups, lines: Int32Array, line: number): number {
  if (lines.length === 0) return -1;
  const row = rowOf(line);
  let at = lastUpTo(lines, row);
  // The nearest line before may be a cousin's: climb until it is the span itself or holds it.
  for (let found = lines[at]!; ; found = lines[at]!) {
    const first = rowOf(found);
    const end = found < 0 ? groups.byFirst.get(first)!.end : first + tree.size[first]!;
    if (first === row || row < end || tree.parent[first]! < 0) break;
    at = lastUpTo(lines, tree.parent[first]!);
  }
  // A group's line stands right before its first sibling's.
  return line < 0 && lines[at - 1] === line ? at - 1 : at;
}

function lastUpTo(lines: Int32Array, row: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rowOf(lines[middle]!) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The next row from `from` on (or, going back, the one before) that fits, around the ends; -1 if no other does. */
export function nextWhere(count: number, from: number, by: 1 | -1, fits: (row: number) => boolean): number {
  for (let step = 1; step < count; step++) {
    const row = (from + by * step + count * 2) % count;
    if (fits(row)) return row;
  }
  return -1;
}
