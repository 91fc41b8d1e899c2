/**
 * Time in which nothing but waiting parents ran, left out of the scale: time is bent so that each idle stretch
 * takes a small fixed room. A bent tree is drawn like any other.
 */

import type { Tree } from "./tree";

export interface Bend {
  /** share of the trace's time that is idle, 0 to 1 */
  readonly idle: number;
  /** the idle stretches that are left out, in ms after the trace's start */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** from time to where it is drawn, and back */
  readonly to: (ms: number) => number;
  readonly back: (drawn: number) => number;
}

/** Shorter stretches, as a share of all, are left as they are: they take little room. */
const LEAST = 0.02;
/** Room that a stretch keeps, as a share of the busy time. */
const KEPT = 0.03;

/** Kinds of span that only wait for those below them. */
const WAITING = new Set(["AGENT", "CHAIN", "WORKFLOW", "TASK", "UNKNOWN", ""]);

/** Whether a span works while it runs: it has nothing below it, or is of a kind that works itself. */
export function worker(tree: Tree, typeOf: (row: number) => string): (row: number) => boolean {
  return (row) => tree.size[row] === 1 || !WAITING.has(typeOf(row));
}

/** Stretches of time in which no span works. */
export function idleStretches(tree: Tree, works: (row: number) => boolean): [number, number][] {
  const busy: number[] = [];
  for (let row = 0; row < tree.count; row++) if (works(row)) busy.push(row);
  busy.sort((a, b) => tree.start[a]! - tree.start[b]!);
  const found: [number, number][] = [];
  let busyUntil = tree.from;
  for (const row of busy) {
    if (tree.start[row]! > busyUntil) found.push([busyUntil, tree.start[row]!]);
    busyUntil = Math.max(busyUntil, tree.end[row]!);
  }
  if (tree.to > busyUntil) found.push([busyUntil, tree.to]);
  return found;
}

export function bendOf(tree: Tree, works: (row: number) => boolean): Bend {
  const whole = tree.to - tree.from;
  const stretches = idleStretches(tree, works);
  const sum = stretches.reduce((ms, [from, to]) => ms + to - from, 0);
  const gaps = stretches.filter(([from, to]) => to - from > whole * LEAST);
  const left = gaps.reduce((ms, [from, to]) => ms + to - from, 0);
  const room = Math.max(whole - left, whole * 1e-6) * KEPT;
  // Points where the bend changes: [time, drawn].
  const points: [number, number][] = [[tree.from, 0]];
  let [time, drawn] = points[0]!;
  for (const [from, to] of gaps) {
    drawn += from - time;
    points.push([from, drawn]);
    drawn += Math.min(room, to - from);
    points.push([to, drawn]);
    time = to;
  }
  points.push([tree.to, drawn + tree.to - time]);
  return {
    idle: whole > 0 ? sum / whole : 0,
    gaps,
    to: (ms) => along(points, 0, 1, ms),
    back: (at) => along(points, 1, 0, at),
  };
}

/** Where `at` on one axis lies on the other, between the points that hold it. */
function along(points: readonly [number, number][], of: 0 | 1, on: 0 | 1, at: number): number {
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]![of] <= at) low = middle;
    else high = middle;
  }
  const [a, b] = [points[low]!, points[high]!];
  const length = b[of] - a[of];
  return length > 0 ? a[on] + ((at - a[of]) / length) * (b[on] - a[on]) : a[on];
}

/** The tree as it is drawn when time is bent. */
export function bent(tree: Tree, { to }: Bend): Tree {
  return { ...tree, start: tree.start.map(to), end: tree.end.map(to), from: to(tree.from), to: to(tree.to) };
}
