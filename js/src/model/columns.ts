/** The columns of the list: the fixed ones and those that people add. */

import type { ColumnSpec, Layout } from "../wire/contract";

export interface Column {
  /** what `sort` calls it; for an added column its path */
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly width: number;
  readonly align: "left" | "right";
  /** place among the added columns, -1 for a fixed one */
  readonly extra: number;
  readonly grows: boolean;
}

export const LEAST_WIDTH = 36;
const EXTRA_WIDTH = 120;

const FIXED: readonly Column[] = [
  { id: "time", title: "time", hint: "when it began", width: 90, align: "left", extra: -1, grows: false },
  { id: "name", title: "name", hint: "name of the trace", width: 96, align: "left", extra: -1, grows: true },
  {
    id: "duration",
    title: "dur",
    hint: "duration, the bar on a log scale",
    width: 92,
    align: "right",
    extra: -1,
    grows: false,
  },
  {
    id: "tokens",
    title: "tok",
    hint: "tokens in and out",
    width: 46,
    align: "right",
    extra: -1,
    grows: false,
  },
  { id: "status", title: "!", hint: "errors", width: 30, align: "right", extra: -1, grows: false },
];

export function pathOf(spec: ColumnSpec): string {
  return typeof spec === "string" ? spec : spec.path;
}

export function nameOfColumn(spec: ColumnSpec): string {
  return typeof spec === "string" ? spec : (spec.name ?? spec.path);
}

/** The part of a path that tells it from its neighbours: what follows the last dot, with its index. */
export function shortName(spec: ColumnSpec): string {
  const name = nameOfColumn(spec);
  if (typeof spec !== "string" && spec.name) return spec.name;
  const steps = name.match(/`[^`]*`|\["[^"]*"\]|[^.[\]]+|\[\d+\]/g) ?? [name];
  let tail = steps.pop() ?? name;
  while (/^\[\d+\]$/.test(tail.slice(0, tail.indexOf("]") + 1)) && steps.length > 0 && tail.length < 24)
    tail = `${steps.pop()}${tail}`;
  return tail;
}

/** Columns that a narrow list writes under the name instead. */
const UNDER_NAME = new Set(["time", "tokens"]);

export function layoutColumns(
  extra: readonly ColumnSpec[],
  widths: Layout["widths"],
  narrow = false,
): readonly Column[] {
  const added = extra.map(
    (spec, index): Column => ({
      id: pathOf(spec),
      title: shortName(spec),
      hint: typeof spec === "string" ? spec : `${spec.path}${spec.pick ? ` (${spec.pick})` : ""}`,
      width: EXTRA_WIDTH,
      align: "left",
      extra: index,
      grows: false,
    }),
  );
  const fixed = narrow ? FIXED.filter((column) => !UNDER_NAME.has(column.id)) : FIXED;
  return [...fixed, ...added].map((column) => ({
    ...column,
    width: Math.max(LEAST_WIDTH, widths?.[column.id] ?? column.width, 0),
  }));
}

/** CSS grid tracks: the check box, then each column; the name takes what is left. */
export function tracks(columns: readonly Column[]): string {
  return `28px ${columns.map((column) => (column.grows ? `minmax(${column.width}px, 1fr)` : `${column.width}px`)).join(" ")}`;
}

export function leastWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.width, 28);
}

const ORDER_KEYS: Readonly<Record<string, string>> = {
  timestamp: "time",
  timestamp_ms: "time",
  request_time: "time",
  start_time: "time",
  name: "name",
  status: "status",
  state: "status",
  error_count: "status",
  duration: "duration",
  execution_time: "duration",
  execution_time_ms: "duration",
  execution_duration: "duration",
  latency: "duration",
  tokens: "tokens",
};

/** The column that an order key of the filter text means. */
export function columnOfKey(key: string): string {
  const bare = key.replace(/^(trace|span)\./, "");
  return Object.hasOwn(ORDER_KEYS, bare) ? ORDER_KEYS[bare]! : key;
}

/** What a header click asks for next: numbers begin with the largest, texts with the first. */
export function nextDirection(column: string, now: "asc" | "desc" | null): "asc" | "desc" | null {
  const first = column === "name" ? "asc" : "desc";
  if (now === null) return first;
  return now === first ? (first === "asc" ? "desc" : "asc") : null;
}
