/** The list: where its cursor is, what is on the screen, sorting, columns. */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Column, columnOfKey, layoutColumns, nextDirection, pathOf } from "../model/columns";
import { rowKey } from "../model/selection";
import { orderOf, tokenize } from "../model/tokens";
import type { ColumnSpec, Layout, RowKey } from "../wire/contract";
import type { Shared } from "../wire/model";
import { Slot } from "../wire/slot";
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
  addColumn(spec: ColumnSpec): void;
  removeColumn(column: Column): void;
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
}

export function createList(env: Env, needs: ListNeeds): List {
  const { filter, results, picks, layout } = needs;
  const cursor = signal<Cursor>({ row: 0, cell: 2 });
  const reveal = signal(0);
  const sorting = new Slot("replace");
  let anchor: number | null = null;

  const columns = computed(() =>
    layoutColumns(needs.columns.value.value, layout.value.value.widths, needs.narrow.value),
  );
  const order = computed(() => {
    const found = orderOf(tokenize(results.answer.value?.filter ?? "", needs.keywords));
    return found
      ? { column: columnOfKey(found.key), direction: found.direction, written: true }
      : { column: "time", direction: "desc" as const, written: false };
  });

  let asked = "";
  const stop = effect(() => {
    const answer = results.answer.value;
    const question = `${answer?.rows} ${answer?.filter}`;
    if (!answer || question === asked) return;
    asked = question;
    anchor = null;
    cursor.value = { ...cursor.peek(), row: 0 };
    reveal.value = reveal.peek() + 1;
  });
  env.end.addEventListener("abort", stop, { once: true });

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
        rows: results.answer.value?.rows ?? "traces",
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
    addColumn(spec) {
      const present = needs.columns.value.value;
      if (present.some((entry) => JSON.stringify(entry) === JSON.stringify(spec))) {
        env.say(`The column ${pathOf(spec)} is there already`);
        return;
      }
      needs.columns.set([...present, spec]);
      env.say(`Column added: ${pathOf(spec)} → ex.columns`);
    },
    removeColumn(column) {
      if (column.extra < 0) return;
      needs.columns.set(needs.columns.value.value.filter((_, index) => index !== column.extra));
      go(cursor.value.row);
    },
    resize(column, width, keep) {
      const next = {
        ...layout.value.value,
        widths: { ...layout.value.value.widths, [column.id]: Math.round(width) },
      };
      if (keep) layout.set(next);
      else layout.value.value = next;
    },
  };
}
