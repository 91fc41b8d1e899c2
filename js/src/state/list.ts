/** The list: where its cursor is, what is on the screen, sorting, columns. */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type Column,
  columnOfKey,
  hiddenColumns,
  LEAST_WIDTH,
  layoutColumns,
  moved,
  nextDirection,
  pathOf,
} from "../model/columns";
import { rowKey } from "../model/selection";
import { orderOf, tokenize } from "../model/tokens";
import type { ColumnSpec, Layout, RowKey, Rows } from "../wire/contract";
import type { Shared } from "../wire/model";
import { Slot } from "../wire/slot";
import { createCells } from "./cells";
import type { Env } from "./env";
import type { Filter } from "./filter";
import type { Picks } from "./picks";
import type { Results } from "./results";

/** Row -1 is the header. Cell 0 is the check box. */
export interface Cursor {
  readonly row: number;
  readonly cell: number;
}

export interface List {
  readonly cursor: Signal<Cursor>;
  readonly columns: ReadonlySignal<readonly Column[]>;
  readonly order: ReadonlySignal<{ column: string; direction: "asc" | "desc"; written: boolean }>;
  /** counts up when the list should show its cursor again */
  readonly reveal: Signal<number>;
  keyAt(row: number): RowKey | null;
  move(rows: number, cells?: number): void;
  go(row: number, cell?: number): void;
  /** moves and selects what is passed */
  extend(by: 1 | -1): void;
  /** selects from the last picked row to this one */
  rangeTo(row: number): void;
  pick(row: number): void;
  sort(column: Column): void;
  /** whose menu is open: a column's, or the one that adds columns */
  readonly heading: Signal<Column | "add" | null>;
  /** closes it, and gives the focus back to the cursor */
  closeHeading(): void;
  /** base columns that are not shown */
  readonly hidden: ReadonlySignal<readonly string[]>;
  /** an extra column's values in a page of rows; undefined until they have been fetched */
  cells(column: Column, rows: Rows): readonly unknown[] | undefined;
  addColumn(spec: ColumnSpec): void;
  /** a path as it was typed; false, with a remark, when it means nothing */
  addPath(path: string): Promise<boolean>;
  removeColumn(column: Column): void;
  showColumn(id: string): void;
  /** moves a column to where the one at `to` stands, and the cursor with it */
  moveColumn(column: Column, to: number): void;
  pin(column: Column): void;
  /** which value of several an added column shows */
  choosePick(column: Column, pick: string): void;
  /** `keep` when the dragging ends: only then is it a trait's business */
  resize(column: Column, width: number, keep: boolean): void;
}

export interface ListNeeds {
  readonly filter: Filter;
  readonly results: Results;
  readonly picks: Picks;
  readonly columns: Shared<readonly ColumnSpec[]>;
  readonly layout: Shared<Layout>;
  readonly keywords: ReadonlySet<string>;
  readonly narrow: ReadonlySignal<boolean>;
  /** gives the list the focus */
  readonly focus: () => void;
}

export function createList(env: Env, needs: ListNeeds): List {
  const { filter, results, picks, layout } = needs;
  const cursor = signal<Cursor>({ row: 0, cell: 2 });
  const reveal = signal(0);
  const heading = signal<Column | "add" | null>(null);
  const sorting = new Slot("replace");
  let anchor: number | null = null;

  const { asked, numeric } = createCells(results, needs.columns.value);
  const arranged = (narrow: boolean): readonly Column[] =>
    layoutColumns({
      extra: needs.columns.value.value,
      layout: layout.value.value,
      numeric: numeric.value,
      narrow,
    });
  const columns = computed(() => arranged(needs.narrow.value));
  const arrange = (change: Partial<Layout>): void => layout.set({ ...layout.value.value, ...change });
  const order = computed(() => {
    const found = orderOf(tokenize(results.answer.value?.filter ?? "", needs.keywords));
    return found
      ? { column: columnOfKey(found.key), direction: found.direction, written: true }
      : { column: "time", direction: "desc" as const, written: false };
  });

  let answered = "";
  const stop = effect(() => {
    const answer = results.answer.value;
    const question = `${answer?.rows} ${answer?.filter}`;
    if (!answer || question === answered) return;
    answered = question;
    anchor = null;
    cursor.value = { ...cursor.peek(), row: 0 };
    reveal.value = reveal.peek() + 1;
  });
  env.end.addEventListener("abort", stop, { once: true });

  const addColumn = (spec: ColumnSpec): void => {
    const present = needs.columns.value.value;
    if (present.some((entry) => JSON.stringify(entry) === JSON.stringify(spec))) {
      env.say(`The column ${pathOf(spec)} is there already`);
      return;
    }
    needs.columns.set([...present, spec]);
    env.say(`Column added: ${pathOf(spec)} → ex.columns`);
  };

  const keyAt = (row: number): RowKey | null => {
    const place = results.row(row);
    return place ? rowKey(place.rows.trace_id[place.index]!, place.rows.span_id[place.index]) : null;
  };

  const go = (row: number, cell = cursor.value.cell): void => {
    const last = results.total.value - 1;
    batch(() => {
      cursor.value = {
        row: Math.max(-1, Math.min(row, last)),
        cell: Math.max(0, Math.min(cell, columns.value.length)),
      };
      reveal.value += 1;
    });
  };

  const range = (from: number, to: number): RowKey[] => {
    const keys: RowKey[] = [];
    for (let row = Math.min(from, to); row <= Math.max(from, to); row++) {
      const key = keyAt(row);
      if (key !== null) keys.push(key);
    }
    return keys;
  };

  return {
    cursor,
    columns,
    order,
    reveal,
    keyAt,
    go,
    move: (rows, cells = 0) => go(cursor.value.row + rows, cursor.value.cell + cells),
    extend(by) {
      const from = Math.max(0, cursor.value.row);
      go(Math.max(0, from + by));
      picks.put(range(from, cursor.value.row), true);
      anchor = cursor.value.row;
    },
    rangeTo(row) {
      picks.put(range(anchor ?? row, row), true);
      anchor = row;
      go(row);
    },
    pick(row) {
      const key = keyAt(row);
      if (key === null) return;
      picks.toggle(key);
      anchor = row;
    },
    async sort(column) {
      const { direction, written } = order.value;
      const now = order.value.column === column.id && written ? direction : null;
      const params = {
        filter: results.answer.value?.filter ?? "",
        // What rows are to be, even where those of before still stand there.
        rows: layout.value.value.rows ?? "traces",
        column: column.id,
        direction: nextDirection(column.id, now),
      };
      try {
        const reply = await sorting.run((signal) => env.rpc.call("sort", params, signal));
        filter.run(reply.filter);
      } catch (error) {
        env.fail("It could not be sorted", error);
      }
    },
    addColumn,
    cells: (column, rows) => rows.cells[asked.value[column.extra] ?? -1],
    heading,
    closeHeading() {
      heading.value = null;
      needs.focus();
    },
    hidden: computed(() => hiddenColumns(layout.value.value)),
    async addPath(path) {
      const target = { trace_id: null, path: ["column", path], value: null };
      try {
        const reply = await env.rpc.call("column", { target });
        for (const { column } of reply.options.slice(0, 1)) addColumn(column);
        return true;
      } catch (error) {
        env.fail("The column could not be added", error);
        return false;
      }
    },
    removeColumn(column) {
      const left = arranged(false).filter((each) => each.id !== column.id || each.extra !== column.extra);
      const order = left.map((each) => each.id);
      if (layout.value.value.order || column.extra < 0) arrange({ order });
      if (column.extra >= 0) {
        needs.columns.set(needs.columns.value.value.filter((_, index) => index !== column.extra));
      }
      go(cursor.value.row);
    },
    showColumn(id) {
      arrange({ order: [...arranged(false).map((column) => column.id), id] });
    },
    moveColumn(column, to) {
      const all = arranged(false);
      const at = (wanted: Column | undefined): number =>
        all.findIndex((each) => each.id === wanted?.id && each.extra === wanted.extra);
      const next = moved(all, needs.columns.value.value, at(column), at(columns.value[to]));
      if (!next) return;
      batch(() => {
        if (column.extra >= 0 || next.extra.length > 0) needs.columns.set(next.extra);
        arrange({ order: next.order });
        go(cursor.value.row, to + 1);
      });
    },
    pin(column) {
      const pinned = columns.value.filter((each) => each.pinned !== (each.id === column.id));
      arrange({ pinned: pinned.map((each) => each.id) });
    },
    choosePick(column, pick) {
      const next = needs.columns.value.value.map((spec, index): ColumnSpec => {
        if (index !== column.extra) return spec;
        const { name } = typeof spec === "string" ? { name: undefined } : spec;
        if (pick === "first" && !name) return pathOf(spec);
        return { path: pathOf(spec), pick, ...(name ? { name } : {}) };
      });
      needs.columns.set(next);
    },
    resize(column, wide, keep) {
      const width = Math.max(LEAST_WIDTH, Math.round(wide));
      const next = {
        ...layout.value.value,
        widths: { ...layout.value.value.widths, [column.id]: width },
      };
      if (keep) layout.set(next);
      else layout.value.value = next;
    },
  };
}
