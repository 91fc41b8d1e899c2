/** What has been said of something, counted. */

import type { LabelsResult, Scalar } from "../wire/contract";

/** What is said with one more label of all things meant. */
export function withLabel(
  said: LabelsResult,
  name: string,
  value: Scalar,
  note: string | null,
): LabelsResult {
  const values = [{ value, count: said.of }];
  return { ...said, given: said.given.map((each) => (each.name === name ? { name, values, note } : each)) };
}

/** The first of so many labels, from one on, that is still to be given; null when all are. */
export function lacking(said: LabelsResult | null, from: number, names: number): number | null {
  for (let step = 0; step < names; step++) {
    const next = (from + step) % names;
    const values = said?.given[next]?.values ?? [];
    if (said ? values.reduce((sum, each) => sum + each.count, 0) < said.of : next > from) return next;
  }
  return null;
}
