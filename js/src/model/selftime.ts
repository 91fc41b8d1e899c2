/** Self time: the stretches of a span that none of its children covers. */

import { childRows, perRow, type Tree } from "./tree";

export type Stretch = readonly [from: number, to: number];

export const selfStretches = perRow((tree, row): readonly Stretch[] => {
  const from = tree.start[row]!;
  const to = tree.end[row]!;
  const children = childRows(tree, row);
  children.sort((a, b) => tree.start[a]! - tree.start[b]!);
  const free: Stretch[] = [];
  let cursor = from;
  for (const child of children) {
    const start = Math.min(tree.start[child]!, to);
    if (start > cursor) free.push([cursor, start]);
    cursor = Math.max(cursor, Math.min(tree.end[child]!, to));
  }
  if (to > cursor) free.push([cursor, to]);
  return free;
});

export function selfTime(tree: Tree, row: number): number {
  let sum = 0;
  for (const [from, to] of selfStretches(tree, row)) sum += to - from;
  return sum;
}
