/** Many siblings of one name in a row, folded to one line: ×128 embed, p50 40ms, p95 90ms, 2 failed. */

import type { Tree } from "./tree";

/** So many siblings of one name are a crowd; fewer are read one by one. */
export const CROWD = 8;

export interface Group {
  /** rows of the siblings */
  readonly members: readonly number[];
  /** one past the last row of the last sibling's subtree */
  readonly end: number;
}

export interface Groups {
  /** by the row of the first sibling */
  readonly byFirst: ReadonlyMap<number, Group>;
  /** for each row the first row of the group that it is a member of, -1 for none */
  readonly memberOf: Int32Array;
}

/** A line of the waterfall for a group: no row has a negative number. */
export function groupLine(first: number): number {
  return -1 - first;
}

/** The row of a line, the first one's of a group. */
export function rowOf(line: number): number {
  return line < 0 ? -1 - line : line;
}

/** `name` has a number for each row's name; roots are siblings of each other. */
export function groupsOf(tree: Tree, name: ArrayLike<number>): Groups {
  const byFirst = new Map<number, Group>();
  const memberOf = new Int32Array(tree.count).fill(-1);
  // The run of equal siblings that is open at each depth: only one parent at a time is walked there.
  const runs: { name: number; members: number[] }[] = [];
  const close = (depth: number): void => {
    const members = runs[depth]?.members ?? [];
    delete runs[depth];
    if (members.length < CROWD) return;
    const last = members[members.length - 1]!;
    byFirst.set(members[0]!, { members, end: last + tree.size[last]! });
    for (const row of members) memberOf[row] = members[0]!;
  };
  let before = -1;
  for (let row = 0; row < tree.count; row++) {
    const depth = tree.depth[row]!;
    for (let deeper = before; deeper > depth; deeper--) close(deeper);
    before = depth;
    if (runs[depth] && runs[depth].name !== name[row]) close(depth);
    if (runs[depth]) runs[depth].members.push(row);
    else runs[depth] = { name: name[row]!, members: [row] };
  }
  for (let depth = before; depth >= 0; depth--) close(depth);
  return { byFirst, memberOf };
}

export interface Facts {
  readonly count: number;
  readonly from: number;
  readonly to: number;
  /** ms, of the siblings that have ended */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly failed: number;
}

export function factsOf(
  tree: Tree,
  { members }: Group,
  durations: readonly (number | null)[],
  failed: (row: number) => boolean,
): Facts {
  const took = members.flatMap((row) => durations[row] ?? []).sort((a, b) => a - b);
  // The nearest rank: a duration that one of them really has.
  const rank = (share: number): number | null => took[Math.ceil(took.length * share) - 1] ?? null;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let bad = 0;
  for (const row of members) {
    from = Math.min(from, tree.start[row]!);
    to = Math.max(to, tree.end[row]!);
    if (failed(row)) bad += 1;
  }
  return { count: members.length, from, to, p50: rank(0.5), p95: rank(0.95), failed: bad };
}
