/** What the rows of a comparison say: which differ, in what, and by how much. No DOM. */

import { compact, cost, duration } from "../../model/format";
import type { ComparedNames, ComparedPairs } from "../../wire/contract";

export type Change = "same" | "changed" | "added" | "missing";

/** A sign for each, so that colour never speaks alone. */
export const SIGNS: Readonly<Record<Change, string>> = { same: "", changed: "≠", added: "+", missing: "−" };

export function kindOfChange({ a, b, change }: ComparedPairs, row: number): Change {
  if (a.id[row] === null) return "added";
  if (b.id[row] === null) return "missing";
  return change[row] === 0 ? "same" : "changed";
}

/** How many rows there are of each. */
export function tally(pairs: ComparedPairs): Readonly<Record<Change, number>> {
  const counts = { same: 0, changed: 0, added: 0, missing: 0 };
  for (let row = 0; row < pairs.depth.length; row++) counts[kindOfChange(pairs, row)] += 1;
  return counts;
}

const PARTS = ["inputs", "outputs", "name", "status"] as const;

/** What differs in a pair, in words. */
export function saidOf(pairs: ComparedPairs, row: number): string {
  const kind = kindOfChange(pairs, row);
  if (kind === "added") return "only in B";
  if (kind === "missing") return "only in A";
  const parts = PARTS.filter((_, bit) => pairs.change[row]! & (1 << bit));
  return parts.length > 0
    ? `${parts.join(", ")} differ${parts.length > 1 || parts[0]!.endsWith("puts") ? "" : "s"}`
    : "the same";
}

/** Rows that differ, and those above them that lead there: one scan from the end. */
export function changedRows(pairs: ComparedPairs): number[] {
  const rows: number[] = [];
  let wanted = -1;
  for (let row = pairs.depth.length - 1; row >= 0; row--) {
    const depth = pairs.depth[row]!;
    if (kindOfChange(pairs, row) === "same" && depth >= wanted) continue;
    rows.push(row);
    wanted = depth;
  }
  return rows.reverse();
}

export interface Delta {
  readonly text: string;
  /** more, less or nothing to speak of */
  readonly sign: 1 | -1 | 0;
}

const NOTHING: Delta = { text: "", sign: 0 };

/** From a value to another in a unit's words; empty where one of them is missing. */
export function delta(from: number | null, to: number | null, written: (value: number) => string): Delta {
  if (from === null || to === null) return NOTHING;
  const by = to - from;
  // What is a hundredth of both is noise for the eye.
  if (by === 0) return { text: "±0", sign: 0 };
  const sign = Math.abs(by) * 100 < Math.max(Math.abs(from), Math.abs(to)) ? 0 : by > 0 ? 1 : -1;
  return { text: `${by > 0 ? "+" : "−"}${written(Math.abs(by))}`, sign };
}

/** A change in parts of what it was: +38 %, ×4.2; empty where that says nothing. */
export function share(from: number | null, to: number | null): string {
  if (from === null || to === null || from <= 0 || to === from) return "";
  const times = to / from;
  if (times >= 3) return `×${times < 10 ? times.toFixed(1) : Math.round(times)}`;
  const percent = Math.round((times - 1) * 100);
  return percent === 0 ? "" : `${percent > 0 ? "+" : "−"}${Math.abs(percent)} %`;
}

export type Measure = "duration" | "calls" | "errors" | "tokens" | "cost";

export const MEASURES: Readonly<Record<Measure, (value: number) => string>> = {
  duration,
  calls: compact,
  errors: compact,
  tokens: compact,
  cost,
};

/** The measures of which there is anything to see. */
export function measuresOf(names: ComparedNames): Measure[] {
  const all = Object.keys(MEASURES) as Measure[];
  return all.filter((measure) => names[measure].some((row) => row.some((value) => value)));
}

/** Where each value lies between the row's least (0) and most (1); null where it has none, 0 where all are alike. */
export function heat(row: readonly (number | null)[]): (number | null)[] {
  const known = row.filter((value) => value !== null);
  const least = Math.min(...known);
  const most = Math.max(...known);
  const alike = most - least <= 0.01 * most;
  return row.map((value) => (value === null ? null : alike ? 0 : (value - least) / (most - least)));
}
