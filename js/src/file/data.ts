/** What a snapshot's page holds, as `spanglass/explorer/snapshot.py` writes it. */

import type { ColumnSpec, Layout, RowMode, Rows, Scalar, SpanResult, TraceResult } from "../wire/contract";

export interface FileData {
  readonly title: string;
  /** when it was written, in Unix milliseconds */
  readonly made_ms: number;
  /** name of the store */
  readonly source: string;
  readonly keywords: readonly string[];
  readonly rows: RowMode;
  readonly columns: readonly ColumnSpec[];
  readonly screen: Layout;
  readonly active: readonly [string | null, string | null];
  /** the filter that the rows were found with: its condition, ready to be joined by AND, and its order */
  readonly where: string;
  readonly order: string;
  /** what ORDER BY calls a column of the list */
  readonly order_keys: Readonly<Record<string, string>>;
  /** rows that the filter finds, whether they are here or not, and rows without it */
  readonly total: number;
  readonly of: number;
  readonly list: Rows;
  readonly facets: readonly FileFacet[];
  /** where each trace is among `packed` */
  readonly places: Readonly<Record<string, number>>;
  /** each trace with its spans' details: JSON of a PackedTrace, compressed by zlib, in base64 */
  readonly packed: readonly string[];
  /** what is not here, in sentences */
  readonly left: readonly string[];
}

export interface FileFacet {
  readonly field: string;
  readonly choices: readonly FileChoice[];
  /** for each row of the list the places of its values among `choices` */
  readonly at: readonly (readonly number[])[];
}

/** A value of a facet, and the conditions that want it and want it not. */
export interface FileChoice {
  readonly value: Scalar;
  readonly in: string;
  readonly out: string;
}

export interface PackedTrace {
  readonly trace: TraceResult;
  /** by span id */
  readonly spans: Readonly<Record<string, SpanResult>>;
}
