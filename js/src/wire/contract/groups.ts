/** Groups of rows, and the turns of a session. */

import type { RowMode, Scalar } from "./base";

export interface GroupParams {
  readonly filter: string;
  readonly rows: RowMode;
  /** the path of a field, as a column has it */
  readonly by: string;
}

/** Groups of rows that share a value, the largest first, as parallel lists. */
export interface GroupResult {
  readonly filter: string;
  readonly by: string;
  /** null: the rows that have no value */
  readonly value: readonly (Scalar | null)[];
  readonly count: readonly number[];
  readonly errors: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p95_ms: readonly (number | null)[];
  readonly tokens: readonly (number | null)[];
  readonly cost: readonly (number | null)[];
  readonly first_ms: readonly (number | null)[];
  readonly last_ms: readonly (number | null)[];
  /** groups there are, of which the largest came */
  readonly total: number;
  readonly ms: number;
}

export interface MemberParams extends GroupParams {
  readonly value: Scalar | null;
}

/** One trace of a session: what its root was asked, and what it answered. */
export interface Turn {
  readonly trace_id: string;
  readonly name: string;
  readonly status: string;
  readonly time_ms: number;
  readonly duration_ms: number | null;
  readonly tokens: number | null;
  readonly inputs: unknown;
  readonly outputs: unknown;
}

export interface SessionResult {
  readonly session_id: string;
  readonly turns: readonly Turn[];
  /** traces of the session, of which the first came */
  readonly total: number;
}
