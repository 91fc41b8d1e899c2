/** The rows that a filter found: pages as they come, how many there are, and fetching what is on the screen. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ColumnSpec, CountResult, PageParams, PageResult, RowMode } from "../wire/contract";
import { PAGE, Pages, type Place } from "../wire/pages";
import { Slot } from "../wire/slot";
import { type Env, isCancelled, messageOf } from "./env";

/** One answered question: what was asked, and its pages so far. */
export interface Answer {
  readonly filter: string;
  readonly rows: RowMode;
  readonly columns: readonly ColumnSpec[];
  readonly predicates: readonly string[];
  readonly pages: Pages;
  readonly ms: number;
}

/** What rows are and hold, beside the filter's text. */
export type Shape = Pick<Answer, "rows" | "columns" | "predicates">;

export interface Results {
  readonly answer: Signal<Answer | null>;
  /** counts up when a page arrives */
  readonly version: Signal<number>;
  /** counts up when recording sent rows */
  readonly pushed: Signal<number>;
  readonly count: Signal<CountResult | null>;
  /** rows to scroll over: the count, or what is known until it is there */
  readonly total: ReadonlySignal<number>;
  /** why rows on the screen could not be fetched */
  readonly failure: Signal<string | null>;
  replace(page: PageResult, asked: Shape, count?: CountResult | null): void;
  row(index: number): Place | null;
  /** fetches what is missing of the rows from `first` to `end` */
  want(first: number, end: number): void;
  /** counts anew */
  recount(): void;
}

/** What is counted. */
function question(asked: Answer | null): string {
  return JSON.stringify([asked?.filter, asked?.rows, asked?.predicates]);
}

export function createResults(env: Env): Results {
  const answer = signal<Answer | null>(null);
  const version = signal(0);
  const pushed = signal(0);
  const count = signal<CountResult | null>(null);
  const failure = signal<string | null>(null);
  const fetching = new Slot("finish");
  const counting = new Slot("replace");

  const total = computed(() => {
    void version.value;
    const known = answer.value?.pages.known() ?? { rows: 0, complete: true };
    if (known.complete) return known.rows;
    return Math.max(known.rows + 1, count.value?.total ?? 0);
  });

  const askCount = async (asked: Answer): Promise<void> => {
    try {
      const params = { filter: asked.filter, rows: asked.rows };
      const reply = await counting.run((signal) => env.rpc.call("count", params, signal));
      if (question(answer.value) === question(asked)) count.value = reply;
    } catch (error) {
      if (!isCancelled(error) && answer.value === asked) env.fail("The rows could not be counted", error);
    }
  };

  const fetchPage = async (asked: Answer, number: number): Promise<void> => {
    const after = asked.pages.tokenFor(number);
    const params: PageParams = {
      filter: asked.filter,
      rows: asked.rows,
      columns: asked.columns,
      limit: PAGE,
      ...(after === null ? { at: number * PAGE } : { after }),
    };
    try {
      const page = await fetching.run((signal) => env.rpc.call("page", params, signal));
      asked.pages.put(number, page);
      if (answer.value !== asked) return;
      failure.value = null;
      version.value += 1;
    } catch (error) {
      if (!isCancelled(error) && answer.value === asked) failure.value = messageOf(error);
    }
  };

  return {
    answer,
    version,
    pushed,
    count,
    total,
    failure,
    replace(page, asked, counted) {
      const pages = new Pages();
      pages.put(0, page);
      const next: Answer = { filter: page.filter, ...asked, pages, ms: page.ms };
      const same = question(answer.value) === question(next);
      answer.value = next;
      version.value += 1;
      failure.value = null;
      if (counted) count.value = counted;
      else if (!same || count.value === null) {
        count.value = null;
        void askCount(next);
      }
    },
    recount() {
      if (answer.value) void askCount(answer.value);
    },
    row(index) {
      void version.value;
      return answer.value?.pages.at(index) ?? null;
    },
    want(first, end) {
      const asked = answer.value;
      const number = asked?.pages.missing(first, end) ?? null;
      if (asked && number !== null) void fetchPage(asked, number);
    },
  };
}
