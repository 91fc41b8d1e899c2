/** The rows of a snapshot: which of them a narrowing leaves, in which order, and what they add up to. */

import type {
  ColumnSpec,
  FacetsResult,
  HistogramResult,
  PageParams,
  PageResult,
  Rows,
} from "../wire/contract";
import type { FileData } from "./data";
import type { Narrowing, Narrowings } from "./narrowing";
import type { Traces } from "./traces";

export class Listed {
  readonly #data: FileData;
  readonly #traces: Traces;
  readonly #found = new Map<string, Promise<readonly number[]>>();

  constructor(data: FileData, traces: Traces) {
    this.#data = data;
    this.#traces = traces;
  }

  /** The places of the rows that are left, in order. */
  find(narrowing: Narrowing): Promise<readonly number[]> {
    const key = JSON.stringify(narrowing);
    const found = this.#found.get(key) ?? this.#ordered(narrowing);
    this.#found.set(key, found);
    return found;
  }

  async page(
    text: string,
    narrowing: Narrowing,
    { columns, at = 0, limit = 200 }: PageParams,
  ): Promise<PageResult> {
    const began = performance.now();
    const all = await this.find(narrowing);
    const rows = all.slice(at, at + limit);
    const empty = all.length === 0 && this.#data.list.trace_id.length > 0;
    return {
      filter: text,
      at,
      rows: this.#drawn(rows, columns),
      next: null,
      ms: performance.now() - began,
      diagnostics: empty
        ? [
            {
              severity: "info",
              code: "empty",
              message: "No row of this file is left.",
              start: 0,
              end: 0,
              fixes: [],
            },
          ]
        : [],
    };
  }

  #drawn(rows: readonly number[], columns: readonly ColumnSpec[]): Rows {
    const { list } = this.#data;
    const held = this.#data.columns.map((spec) => JSON.stringify(spec));
    const cells = columns.map((spec) => {
      const values = list.cells[held.indexOf(JSON.stringify(spec))];
      return rows.map((row) => values?.[row] ?? null);
    });
    const picked = <T>(values: readonly T[]): T[] => (values.length ? rows.map((row) => values[row]!) : []);
    return {
      trace_id: picked(list.trace_id),
      span_id: picked(list.span_id),
      time_ms: picked(list.time_ms),
      name: picked(list.name),
      type: picked(list.type),
      status: picked(list.status),
      duration_ms: picked(list.duration_ms),
      tokens: picked(list.tokens),
      errors: picked(list.errors),
      cells,
    };
  }

  async #ordered(narrowing: Narrowing): Promise<readonly number[]> {
    const left = await this.#left(narrowing);
    if (!narrowing.order) return left;
    const { column, direction } = narrowing.order;
    const values = this.#values(column);
    const sign = direction === "asc" ? 1 : -1;
    // What is missing stands last, whichever the direction.
    return [...left].sort((a, b) => {
      const [x, y] = [values[a] ?? null, values[b] ?? null];
      if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
      return sign * compared(x, y) || a - b;
    });
  }

  #values(column: string): readonly unknown[] {
    const { list, columns } = this.#data;
    const base: Readonly<Record<string, readonly unknown[]>> = {
      time: list.time_ms,
      name: list.name,
      status: list.errors,
      duration: list.duration_ms,
      tokens: list.tokens,
    };
    if (Object.hasOwn(base, column)) return base[column]!;
    const extra = columns.findIndex((spec) => pathOf(spec) === column);
    return list.cells[extra] ?? [];
  }

  async #left(narrowing: Narrowing): Promise<readonly number[]> {
    const rows: number[] = [];
    this.#data.list.trace_id.forEach((_, row) => {
      if (this.#keeps(narrowing, row)) rows.push(row);
    });
    if (!narrowing.words) return rows;
    const wanted = narrowing.words.toLowerCase();
    const holds = await Promise.all(rows.map((row) => this.#holds(row, wanted)));
    return rows.filter((_, place) => holds[place]);
  }

  #keeps({ chosen, from, to }: Narrowing, row: number, but = ""): boolean {
    const time = this.#data.list.time_ms[row]!;
    if ((from !== null && time < from) || (to !== null && time >= to)) return false;
    return this.#data.facets.every(({ field, at }) => {
      const choice = field === but ? undefined : chosen[field];
      if (!choice) return true;
      return at[row]!.some((place) => choice.places.includes(place)) === (choice.want === "in");
    });
  }

  /** Whether a row's trace (or span) has a text in a name or in its contents; a trace that is not here has its name. */
  async #holds(row: number, wanted: string): Promise<boolean> {
    const { list } = this.#data;
    const shown = [list.name[row], ...list.cells.map((cells) => cells[row])].join("\n").toLowerCase();
    const id = list.trace_id[row]!;
    if (shown.includes(wanted)) return true;
    if (!this.#traces.has(id)) return false;
    const texts = await this.#traces.texts(id);
    const span = list.span_id[row];
    if (span === undefined) return texts.some((text) => text.includes(wanted));
    const { trace } = await this.#traces.get(id);
    return texts[trace.spans.id.indexOf(span)]?.includes(wanted) ?? false;
  }

  async facets(text: string, narrowing: Narrowing, narrowings: Narrowings): Promise<FacetsResult> {
    const facets = await Promise.all(
      this.#data.facets.map(async ({ field, choices, at }) => {
        const { [field]: mine, ...others } = narrowing.chosen;
        const counts = choices.map(() => 0);
        for (const row of await this.find({ ...narrowing, chosen: others, order: null })) {
          for (const place of at[row]!) counts[place]! += 1;
        }
        const values = choices.map(({ value }, place) => ({
          value,
          count: counts[place]!,
          want: mine?.places.includes(place) ? mine.want : null,
        }));
        return {
          field,
          values: values.filter(({ count, want }) => count || want).sort((a, b) => b.count - a.count),
        };
      }),
    );
    const others = narrowings.conditions(narrowing).filter(([, , shown]) => !shown);
    return {
      filter: text,
      facets,
      others: others.map(([said, without]) => ({ text: said, without: narrowings.write(without) })),
      late: false,
    };
  }

  async histogram(text: string, narrowing: Narrowing, bars: number): Promise<HistogramResult> {
    const { list } = this.#data;
    const all = await this.find({ ...narrowing, from: null, to: null, order: null });
    const inside = await this.find({ ...narrowing, order: null });
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of all) {
      first = Math.min(first, list.time_ms[row]!);
      last = Math.max(last, list.time_ms[row]!);
    }
    const width = all.length ? Math.max(1, (last - first + 1) / bars) : 0;
    const durations: number[][] = all.length ? Array.from({ length: bars }, () => []) : [];
    const [count, errors] = [durations.map(() => 0), durations.map(() => 0)];
    for (const row of all) {
      const bar = Math.min(bars - 1, Math.floor((list.time_ms[row]! - first) / width));
      count[bar]! += 1;
      if (list.status[row] === "ERROR") errors[bar]! += 1;
      const duration = list.duration_ms[row];
      if (typeof duration === "number") durations[bar]!.push(duration);
    }
    const whole = inside
      .map((row) => list.duration_ms[row])
      .filter((ms): ms is number => typeof ms === "number");
    return {
      filter: text,
      start_ms: all.length ? first : 0,
      width_ms: width,
      count,
      errors,
      p50_ms: durations.map((each) => quantile(each, 0.5)),
      p95_ms: durations.map((each) => quantile(each, 0.95)),
      all_p50_ms: quantile(whole, 0.5),
      all_p95_ms: quantile(whole, 0.95),
      from_ms: narrowing.from,
      to_ms: narrowing.to,
    };
  }
}

function pathOf(spec: ColumnSpec): string {
  return typeof spec === "string" ? spec : spec.path;
}

function compared(x: unknown, y: unknown): number {
  if (typeof x === "number" && typeof y === "number") return x - y;
  const [a, b] = [String(x), String(y)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The value at a share of the sorted values: the least one that so many do not exceed. */
function quantile(values: number[], share: number): number | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.max(0, Math.ceil(share * values.length) - 1))]!;
}
