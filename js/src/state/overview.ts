/** Facets and histogram of what the filter finds. Clicks on them become filter text, in Python. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { SLACK } from "../model/bars";
import type { FacetsResult, HistogramResult, RowMode, Scalar, Want } from "../wire/contract";
import { Slot } from "../wire/slot";
import { type Env, isCancelled, messageOf } from "./env";
import type { Filter } from "./filter";
import type { Results } from "./results";

export interface Overview {
  readonly facets: Signal<FacetsResult | null>;
  readonly histogram: Signal<HistogramResult | null>;
  /** what is shown answers the filter before */
  readonly old: ReadonlySignal<boolean>;
  /** why the facets could not be counted */
  readonly failure: Signal<string | null>;
  /** why the bars could not be drawn */
  readonly barless: Signal<string | null>;
  /** how many bars there is room for */
  readonly bars: Signal<number>;
  /** the panel with all facets is open */
  readonly all: Signal<boolean>;
  choose(field: string, value: Scalar, want: Want | null): Promise<void>;
  /** only traces of these times; null for any time */
  brush(from: number | null, to: number | null): Promise<void>;
  /** one more field as a facet */
  add(field: string): Promise<boolean>;
}

/** While traces come in, facets and histogram are counted again at most so often. */
const LIVE_MS = 2000;

export function createOverview(
  env: Env,
  filter: Filter,
  results: Results,
  predicates: ReadonlySignal<readonly string[]>,
): Overview {
  const facets = signal<FacetsResult | null>(null);
  const histogram = signal<HistogramResult | null>(null);
  const failure = signal<string | null>(null);
  const barless = signal<string | null>(null);
  const bars = signal(0);
  const all = signal(false);
  const fields = signal<readonly string[]>([]);
  const counting = new Slot("replace");
  const drawing = new Slot("replace");
  const editing = new Slot("replace");
  let asked = "";
  let askedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const shown = (): { filter: string; rows: RowMode } => {
    const answer = results.answer.value;
    return { filter: answer?.filter ?? "", rows: answer?.rows ?? "traces" };
  };

  /** Asks for one of the two, and shows it when it comes: neither waits for the other. */
  const into = async <T>(
    target: Signal<T>,
    why: Signal<string | null>,
    slot: Slot,
    call: (end: AbortSignal) => Promise<T>,
  ): Promise<void> => {
    try {
      target.value = await slot.run(call);
      why.value = null;
    } catch (error) {
      if (!isCancelled(error)) why.value = messageOf(error);
    }
  };

  const ask = (): void => {
    const { filter: text, rows } = shown();
    askedAt = performance.now();
    const wanted = { filter: text, rows, fields: fields.value };
    const drawn = { filter: text, bars: bars.value };
    void into<FacetsResult | null>(facets, failure, counting, (end) => env.rpc.call("facets", wanted, end));
    void into<HistogramResult | null>(histogram, barless, drawing, (end) =>
      env.rpc.call("histogram", drawn, end),
    );
  };

  /** The same question of what has changed. A kernel that runs a cell may answer nothing: questions don't pile up. */
  const anew = (): void => {
    if (counting.busy || drawing.busy) {
      timer = setTimeout(anew, LIVE_MS);
      return;
    }
    ask();
    results.recount();
  };

  const follow = effect(() => {
    const answer = results.answer.value;
    void results.pushed.value;
    if (!answer || bars.value === 0) return;
    const question = JSON.stringify([answer.filter, answer.rows, bars.value, predicates.value]);
    const again = question === asked;
    const wait = again ? Math.max(0, LIVE_MS - (performance.now() - askedAt)) : 0;
    asked = question;
    clearTimeout(timer);
    timer = setTimeout(again ? anew : ask, wait);
  });
  env.end.addEventListener(
    "abort",
    () => {
      follow();
      clearTimeout(timer);
    },
    { once: true },
  );

  const edit = async (change: (end: AbortSignal) => Promise<{ filter: string }>): Promise<void> => {
    try {
      filter.run((await editing.run(change)).filter);
    } catch (error) {
      env.fail("The filter could not be changed", error);
    }
  };

  return {
    facets,
    histogram,
    barless,
    old: computed(() =>
      [facets.value, histogram.value].some((each) => each !== null && each.filter !== shown().filter),
    ),
    failure,
    bars,
    all,
    choose(field, value, want) {
      return edit((end) => env.rpc.call("choose", { ...shown(), field, value, want }, end));
    },
    brush(from, to) {
      const { filter: text } = shown();
      const step = Math.max(1, (histogram.value?.width_ms ?? 0) * SLACK);
      const params = { filter: text, from_ms: from, to_ms: to, step_ms: step };
      return edit((end) => env.rpc.call("brush", params, end));
    },
    async add(field) {
      const { filter: text, rows } = shown();
      const more = [...fields.value, field];
      try {
        facets.value = await counting.run((end) =>
          env.rpc.call("facets", { filter: text, rows, fields: more }, end),
        );
        fields.value = more;
        return true;
      } catch (error) {
        env.fail("This facet cannot be shown", error);
        return false;
      }
    },
  };
}
