/** The whole state of one view, put together, and what the keys do in it. */

import { batch, computed, effect, type ReadonlySignal, type Signal, untracked } from "@preact/signals";
import { fullWidth } from "../model/columns";
import type { Boot, ColumnSpec, Layout, RowMode } from "../wire/contract";
import { type AnyModel, listen, type Shared, shared } from "../wire/model";
import { type Completion, createCompletion } from "./completion";
import { createDetail, type Detail } from "./detail";
import { createEnv, type Env } from "./env";
import { createFilter, type Filter } from "./filter";
import { type Kernel, watchKernel } from "./kernel";
import { createLabels, type Labels } from "./labels";
import { createList, type List } from "./list";
import { createLive, type Live } from "./live";
import { createMenus, type Menus } from "./menu";
import { createMore, type More } from "./more";
import { createOverview, type Overview } from "./overview";
import { createPicks, type Picks } from "./picks";
import { createResults, type Results } from "./results";
import { createScreen, type Screen } from "./screen";
import { createTrace, type Trace } from "./trace";

export interface App {
  readonly env: Env;
  readonly boot: Boot | null;
  readonly keywords: ReadonlySet<string>;
  readonly rows: ReadonlySignal<RowMode>;
  readonly filter: Filter;
  readonly completion: Completion;
  readonly overview: Overview;
  /** names of the Python functions that narrow what the filter finds */
  readonly predicates: Shared<readonly string[]>;
  readonly results: Results;
  readonly picks: Picks;
  readonly list: List;
  /** how the panes are arranged: a trait */
  readonly layout: Shared<Layout>;
  readonly trace: Trace;
  readonly detail: Detail;
  readonly menus: Menus;
  readonly screen: Screen;
  readonly more: More;
  readonly labels: Labels;
  readonly kernel: Signal<Kernel>;
  readonly live: Live;
  setRows(rows: RowMode): Promise<void>;
  openTrace(traceId: string, spanId?: string | null): void;
  /** puts the selected traces beside each other */
  compare(): void;
  /** opens the trace (or the span) of a row of the list */
  openRow(row: number): void;
}

/** The wire that this front end speaks. */
export const WIRE = 1;

export function createApp(
  model: AnyModel,
  end: AbortSignal,
  write: (text: string) => Promise<void>,
  given: object,
): App {
  const env = createEnv(model, end);
  const boot = model.get("boot") ?? null;
  const keywords = new Set((boot?.keywords ?? []).map((word) => word.toUpperCase()));
  const layout: Shared<Layout> = shared(model, "screen", {}, end);
  const columns: Shared<readonly ColumnSpec[]> = shared(model, "columns", [], end);
  const active = shared(model, "active", [null, null], end);
  const rows = computed<RowMode>(() => layout.value.value.rows ?? "traces");

  const results = createResults(env);
  const predicates: Shared<readonly string[]> = shared(model, "predicates", [], end);
  const filter = createFilter(env, results, { rows, columns: columns.value, predicates: predicates.value });
  const overview = createOverview(env, filter, results, predicates.value);
  const picks = createPicks(env, results);
  const screen = createScreen(env, layout);
  const narrow = computed(() => screen.mode.value === "one");
  const focus = (): void => screen.look("list");
  const list = createList(env, { filter, results, picks, columns, layout, keywords, narrow, focus });
  const detail = createDetail(env);
  const trace = createTrace(env, (traceId, spanId) => {
    const [nowTrace, nowSpan] = active.value.value;
    if (nowTrace !== traceId || nowSpan !== spanId) active.set([traceId, spanId]);
    void detail.load(traceId, spanId);
  });
  const menus = createMenus(env, { filter, results, addColumn: list.addColumn, write });

  // The opening state, when it still answers the question that the traits ask.
  const first = boot?.page ?? null;
  const asked = { rows: rows.value, columns: columns.value.value, predicates: predicates.value.value };
  const readable = boot !== null && boot.error === null;
  if (readable) {
    if (first && first.filter === model.get("filter") && first.rows.cells.length === asked.columns.length) {
      // A copy: other views of the model have this page, too, and rows are put into it.
      results.replace(structuredClone(first), asked, boot.count);
    }
    // What was saved may be old, and nobody may be there to answer: both show by asking.
    filter.again();
  }

  const question = computed(() => JSON.stringify([rows.value, columns.value.value, predicates.value.value]));
  let last = question.value;
  const follow = [
    effect(() => {
      screen.wish.value = fullWidth(list.columns.value);
    }),
    effect(() => {
      if (question.value === last) return;
      last = question.value;
      untracked(filter.again);
    }),
    effect(() => {
      const answer = results.answer.value;
      if (answer) untracked(() => trace.rematch(answer.filter));
    }),
  ];
  const stop = (): void => {
    for (const each of follow) each();
  };
  end.addEventListener("abort", stop, { once: true });

  const openTrace = (traceId: string, spanId?: string | null): void => {
    const pair = boot?.pairs?.find((each) => each.includes(traceId));
    menus.menu.value = null;
    screen.compared.value = pair ? { ids: pair } : null;
    void trace.load(traceId, results.answer.value?.filter ?? "", spanId);
  };

  // Python, or another view of this widget, opened a trace.
  listen(
    model,
    "change:active",
    () => {
      const [traceId, spanId] = model.get("active") ?? [null, null];
      if (traceId === null) return;
      const now = trace.open.peek();
      const here = now?.result.trace_id === traceId ? now.result.spans.id[trace.row.peek()] : undefined;
      if (trace.id.peek() !== traceId) openTrace(traceId, spanId);
      else if (now && spanId && here !== spanId) trace.go(now.result.spans.id.indexOf(spanId));
    },
    end,
  );
  const [openTraceId, openSpanId] = active.value.value;
  if (readable && openTraceId !== null) openTrace(openTraceId, openSpanId);

  const openRow = (row: number): void => {
    // Even where the row is still to come: going there fetches it.
    list.go(row);
    const key = list.keyAt(list.cursor.peek().row);
    if (key === null) return;
    if (typeof key === "string") openTrace(key);
    else openTrace(key[0], key[1]);
  };

  const kernel = watchKernel(env);
  const labels = createLabels(env);
  // Somebody said something of traces: what is on the screen may be found no more, or say more.
  const labelled = (content: { push?: string } | null): void => {
    if (content?.push !== "labels") return;
    labels.version.value += 1;
    trace.forget();
    results.recount();
    filter.again();
  };
  listen(model, "msg:custom", labelled, end);

  return {
    env,
    boot,
    keywords,
    rows,
    filter,
    completion: createCompletion(env),
    overview,
    predicates,
    results,
    picks,
    list,
    layout,
    trace,
    detail,
    menus,
    screen,
    more: createMore(env, given),
    kernel,
    live: createLive(env, { filter, results, list, trace, menus, kernel }),
    labels,
    compare() {
      const selection = picks.selection.value;
      if ("ids" in selection && selection.ids.length < 2)
        env.say("Select two traces or more to compare (Space)");
      else {
        screen.compared.value = selection;
        screen.look("trace");
      }
    },
    async setRows(next) {
      const { column, direction, written } = list.order.value;
      const asked = { filter: filter.text.value, rows: next, column, direction };
      try {
        // A trace has no one span's duration to be ordered by: the order is said anew for the other rows.
        const reply = written ? await env.rpc.call("sort", asked) : null;
        batch(() => {
          layout.set({ ...layout.value.value, rows: next });
          if (reply) filter.run(reply.filter);
        });
      } catch (error) {
        env.fail("The rows could not be changed", error);
      }
    },
    openTrace,
    openRow,
  };
}
