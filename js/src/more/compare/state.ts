/** What two traces differ in: the answer, which rows of it are shown, where the cursor is, what became of its span. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { App } from "../../state/app";
import { isCancelled, messageOf } from "../../state/env";
import type { ComparedPairs, CompareResult, DifferenceResult, Selection } from "../../wire/contract";
import { Slot } from "../../wire/slot";
import { changedRows, kindOfChange } from "./changes";

export interface Comparison {
  readonly result: Signal<CompareResult | null>;
  readonly failure: Signal<string | null>;
  /** rows without a change are left out, but for those that lead to one */
  readonly brief: Signal<boolean>;
  /** the rows to draw, by their number in the answer */
  readonly rows: ReadonlySignal<readonly number[]>;
  /** a row of the answer */
  readonly cursor: Signal<number>;
  readonly reveal: Signal<number>;
  /** of the row under the cursor; null while it is on its way */
  readonly difference: Signal<DifferenceResult | null>;
  load(selection: Selection): Promise<void>;
  /** goes to a row of the answer */
  go(row: number): void;
  move(by: number): void;
  /** the next row that differs */
  next(by: 1 | -1): void;
  /** A and B change places */
  swap(): void;
  /** opens the span of a side in its trace */
  open(side: "a" | "b"): void;
}

const KEPT = 40;

export function createComparison(app: App): Comparison {
  const { env, screen } = app;
  const result = signal<CompareResult | null>(null);
  const failure = signal<string | null>(null);
  const brief = signal(false);
  const cursor = signal(0);
  const reveal = signal(0);
  const difference = signal<DifferenceResult | null>(null);
  const answers = new Map<string, DifferenceResult>();
  const asking = new Slot("replace");
  const looking = new Slot("replace");

  const rows = computed<readonly number[]>(() => {
    const pairs = result.value?.pairs;
    if (!pairs) return [];
    return brief.value ? changedRows(pairs) : pairs.depth.map((_, row) => row);
  });

  const look = async (): Promise<void> => {
    const traces = result.value?.traces;
    const params = traces && places(result.value!, cursor.value);
    if (!params) return;
    const key = JSON.stringify(params);
    const kept = answers.get(key);
    difference.value = kept ?? null;
    if (kept) return;
    try {
      const reply = await looking.run((signal) => env.rpc.call("difference", params, signal));
      answers.set(key, reply);
      for (const old of answers.keys()) {
        if (answers.size <= KEPT) break;
        answers.delete(old);
      }
      const now = result.value && places(result.value, cursor.value);
      if (JSON.stringify(now) === key) difference.value = reply;
    } catch (error) {
      env.fail("The spans could not be compared", error);
    }
  };

  const go = (row: number): void => {
    cursor.value = row;
    reveal.value += 1;
    void look();
  };

  const start = (pairs: ComparedPairs): void => {
    const first = pairs.depth.findIndex((_, row) => kindOfChange(pairs, row) !== "same");
    go(Math.max(0, first));
  };

  return {
    result,
    failure,
    brief,
    rows,
    cursor,
    reveal,
    difference,
    async load(selection) {
      failure.value = null;
      try {
        const reply = await asking.run((signal) => env.rpc.call("compare", { selection }, signal));
        result.value = reply;
        brief.value = false;
        if (reply.pairs) start(reply.pairs);
      } catch (error) {
        if (!isCancelled(error)) failure.value = messageOf(error);
      }
    },
    go,
    move(by) {
      const shown = rows.value;
      const at = shown.indexOf(cursor.value);
      const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
      if (next !== undefined) go(next);
    },
    next(by) {
      const pairs = result.value?.pairs;
      if (!pairs) return;
      const count = pairs.depth.length;
      for (let step = 1; step < count; step++) {
        const row = (cursor.value + by * step + 2 * count) % count;
        if (kindOfChange(pairs, row) === "same") continue;
        go(row);
        return;
      }
      env.say("No other change");
    },
    swap() {
      const now = result.value;
      if (!now?.pairs) return;
      const { a, b } = now.pairs;
      result.value = { ...now, traces: [...now.traces].reverse(), pairs: { ...now.pairs, a: b, b: a } };
      void look();
    },
    open(side) {
      const now = result.value;
      const id = now?.pairs?.[side].id[cursor.value];
      if (!now || !id) return;
      screen.compared.value = null;
      void app.trace.load(
        now.traces[side === "a" ? 0 : 1]!.trace_id,
        app.results.answer.value?.filter ?? "",
        id,
      );
      screen.look("trace");
    },
  };
}

function places({ traces, pairs }: CompareResult, row: number) {
  if (!pairs || row >= pairs.depth.length) return null;
  const [a, b] = [pairs.a.id[row] ?? null, pairs.b.id[row] ?? null];
  return {
    a: a === null ? null : { trace_id: traces[0]!.trace_id, span_id: a },
    b: b === null ? null : { trace_id: traces[1]!.trace_id, span_id: b },
  };
}
