/** The columns of the list: the fixed ones and those that people add. */

import type { ColumnSpec, Layout } from "../wire/contract";

export interface Column {
  /** what `sort` calls it; for an added column its path */
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly width: number;
  /** what it can shrink to before the list scrolls sideways, in px */
  readonly least: number;
  readonly align: "left" | "right";
  /** which of several values an added column shows */
  readonly pick: string;
  /** place among the added columns, -1 for a fixed one */
  readonly extra: number;
  readonly grows: boolean;
  /** stays in sight when the list scrolls sideways */
  readonly pinned: boolean;
  /** px from the left edge where it stays */
  readonly stays: number;
}

export const LEAST_WIDTH = 36;
/** The check box before the first column, in px. */
const CHECK = 28;
/** The button after the last title, in px. */
const ADD = 20;

type Shape = Pick<Column, "title" | "hint" | "width" | "least" | "align">;

const BASE: Readonly<Record<string, Shape>> = {
  time: { title: "time", hint: "when it began", width: 90, least: 84, align: "left" },
  name: { title: "name", hint: "name of the trace", width: 108, least: 108, align: "left" },
  duration: {
    title: "dur",
    hint: "duration, the bar on a log scale",
    width: 92,
    least: 68,
    align: "right",
  },
  tokens: { title: "tok", hint: "tokens in and out", width: 48, least: 44, align: "right" },
  status: { title: "!", hint: "errors", width: 32, least: 26, align: "right" },
};
const EXTRA = { width: 120, least: 72 } as const;
/** A number needs no more. */
const NUMBER = { width: 84, least: 72 } as const;

/** A trace is known by its name: it stays unless people say otherwise. */
const PINNED: readonly string[] = ["name"];

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

/** Columns that a narrow list writes under the name instead, which takes its px. */
const UNDER_NAME = new Set(["time", "tokens"]);
const STACKED = 156;

export interface Arranged {
  readonly extra: readonly ColumnSpec[];
  readonly layout: Layout;
  /** which extra columns hold numbers, as far as is known */
  readonly numeric?: ReadonlySet<number>;
  readonly narrow?: boolean;
}

/** The columns as they stand. `layout.order` names the base columns shown; every other name in it is a place for the next extra one. */
export function layoutColumns({ extra, layout, numeric, narrow = false }: Arranged): readonly Column[] {
  const { widths = {}, pinned = PINNED } = layout;
  const added = extra.map((spec, index): [string, Shape, number] => {
    const hint = typeof spec === "string" ? spec : `${spec.path}${spec.pick ? ` (${spec.pick})` : ""}`;
    const size = numeric?.has(index)
      ? ({ align: "right", ...NUMBER } as const)
      : ({ align: "left", ...EXTRA } as const);
    return [pathOf(spec), { title: shortName(spec), hint, ...size }, index];
  });
  const base = (id: string): [string, Shape, number] => [id, BASE[id]!, -1];
  const order = layout.order ?? Object.keys(BASE);
  const waiting = added.values();
  const standing: [string, Shape, number][] = [];
  for (const [n, id] of order.entries()) {
    const next = !Object.hasOwn(BASE, id)
      ? waiting.next().value
      : order.indexOf(id) === n
        ? base(id)
        : undefined;
    if (next) standing.push(next);
  }
  let stays = CHECK;
  const shown = [...standing, ...waiting].filter(([id, , n]) => n >= 0 || !narrow || !UNDER_NAME.has(id));
  return shown.map(([id, shape, index]): Column => {
    const own = Object.hasOwn(widths, id) ? Math.max(LEAST_WIDTH, widths[id]!) : null;
    const width = own ?? shape.width;
    const least = own ?? (narrow && id === "name" ? STACKED : shape.least);
    const held = pinned.includes(id);
    const at = stays;
    if (held) stays += least;
    const grows = index < 0 && id === "name" && own === null;
    const spec = extra[index];
    const pick = typeof spec === "object" ? (spec.pick ?? "first") : "first";
    return { id, ...shape, width, least, pick, extra: index, grows, pinned: held, stays: at };
  });
}

/** Base columns that are not shown. */
export function hiddenColumns(layout: Layout): readonly string[] {
  return Object.keys(BASE).filter((id) => layout.order && !layout.order.includes(id));
}

/** Layout and extra columns with the column at `from` moved to stand at `to`; null when that is no move. */
export function moved(
  columns: readonly Column[],
  extra: readonly ColumnSpec[],
  from: number,
  to: number,
): { order: string[]; extra: ColumnSpec[] } | null {
  if (from === to || !columns[from] || !columns[to]) return null;
  const next = [...columns];
  next.splice(to, 0, ...next.splice(from, 1));
  const order = next.map((column) => column.id);
  return { order, extra: next.flatMap((column) => (column.extra < 0 ? [] : [extra[column.extra]!])) };
}

/** CSS grid tracks: the check box, then each column, of which the name takes what is left; room for "add" at the end. */
export function tracks(columns: readonly Column[]): string {
  const each = columns.map(
    ({ grows, least, width }) => `minmax(${least}px, ${grows ? "1fr" : `${width}px`})`,
  );
  return `${CHECK}px ${each.join(" ")} ${ADD}px`;
}

/** Below this the list scrolls sideways. */
export function leastWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.least, CHECK + ADD);
}

/** Room for every column at its full width. */
export function fullWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.width, CHECK + ADD);
}

/** The extra columns whose values are numbers, where there are any. */
export function numericColumns(pages: Iterable<readonly (readonly unknown[])[]>): ReadonlySet<number> {
  const found = new Set<number>();
  const other = new Set<number>();
  for (const cells of pages) {
    cells.forEach((values, column) => {
      for (const value of values) {
        if (typeof value === "number") found.add(column);
        else if (value !== null && value !== undefined) other.add(column);
      }
    });
  }
  for (const column of other) found.delete(column);
  return found;
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
