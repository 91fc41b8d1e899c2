/** Where an added column's values are in the rows that came, and whether they are numbers. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { numericColumns } from "../model/columns";
import type { ColumnSpec } from "../wire/contract";
import type { Results } from "./results";

export interface Cells {
  /** for each column its place among those that were asked for, -1 until it was */
  readonly asked: ReadonlySignal<readonly number[]>;
  readonly numeric: ReadonlySignal<ReadonlySet<number>>;
}

export function createCells(results: Results, columns: ReadonlySignal<readonly ColumnSpec[]>): Cells {
  // Columns may have moved since the rows were asked for: each finds its values by what was asked.
  const asked = computed(() => {
    const known = results.answer.value?.columns.map((spec) => JSON.stringify(spec)) ?? [];
    return columns.value.map((spec) => known.indexOf(JSON.stringify(spec)));
  });
  const numeric = computed(() => {
    void results.version.value;
    const found = numericColumns(results.answer.value?.pages.cells() ?? []);
    return new Set([...asked.value.keys()].filter((index) => found.has(asked.value[index]!)));
  });
  return { asked, numeric };
}
