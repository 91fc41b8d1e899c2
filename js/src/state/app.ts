/** The whole state of one view, put together, and what the keys do in it. */

import { computed, effect, type ReadonlySignal, type Signal, untracked } from "@preact/signals";
import type { Action, Pane } from "../model/keys";
import type { Boot, ColumnSpec, Layout, RowMode } from "../wire/contract";
import { type AnyModel, listen, type Shared, shared } from "../wire/model";
import { createDetail, type Detail } from "./detail";
import { createEnv, type Env } from "./env";
import { createFilter, type Filter } from "./filter";
import { type Kernel, watchKernel } from "./kernel";
import { createList, type List } from "./list";
import { createMenus, type Menus } from "./menu";
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
  readonly results: Results;
  readonly picks: Picks;
  readonly list: List;
  readonly trace: Trace;
  readonly detail: Detail;
  readonly menus: Menus;
  readonly screen: Screen;
  readonly kernel: Signal<Kernel>;
  setRows(rows: RowMode): void;
  /** opens the trace (or the span) of a row of the list */
  openRow(row: number): void;
  /** does what a key means in a pane; false when it means nothing there now */
  act(pane: Pane, action: Action): boolean;
}

/** The wire that this front end speaks. */
export const WIRE = 1;

/** Rows that PageUp and PageDown move by. */
const PAGE_STEP = 12;

export function createApp(model: AnyModel, end: AbortSignal, write: (text: string) => Promise<void>): App {
  const env = createEnv(model, end);
  const boot = model.get("boot") ?? null;
  const keywords = new Set((boot?.keywords ?? []).map((word) => word.toUpperCase()));
  const layout: Shared<Layout> = shared(model, "screen", {}, end);
  const columns: Shared<readonly ColumnSpec[]> = shared(model, "columns", [], end);
  const active = shared(model, "active", [null, null], end);
  const rows = computed<RowMode>(() => layout.value.value.rows ?? "traces");

  const results = createResults(env);
  const filter = createFilter(env, results, { rows, columns: columns.value });
  const picks = createPicks(env, results);
  const screen = createScreen(env, layout);
  const narrow = computed(() => screen.mode.value === "one");
  const list = createList(env, { filter, results, picks, columns, layout, keywords, narrow });
  const detail = createDetail(env);
  const trace = createTrace(env, (traceId, spanId) => {
    const [nowTrace, nowSpan] = active.value.value;
    if (nowTrace !== traceId || nowSpan !== spanId) active.set([traceId, spanId]);
    void detail.load(traceId, spanId);
  });
  const menus = createMenus(env, { filter, results, addColumn: list.addColumn, write });

  // The opening state, when it still answers the question that the traits ask.
  const first = boot?.page ?? null;
  const asked = { rows: rows.value, columns: columns.value.value };
  if (boot?.wire === WIRE) {
    if (first && first.filter === model.get("filter") && first.rows.cells.length === asked.columns.length) {
      results.replace(first, asked, boot.count);
    } else {
      filter.again();
    }
  }

  const question = computed(() => JSON.stringify([rows.value, columns.value.value]));
  let last = question.value;
  const follow = [
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
    menus.menu.value = null;
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
      const here = now?.result.trace_id === traceId ? now.result.spans.id[trace.cursor.peek()] : undefined;
      if (trace.id.peek() !== traceId) openTrace(traceId, spanId);
      else if (now && spanId && here !== spanId) trace.go(now.result.spans.id.indexOf(spanId));
    },
    end,
  );
  const [openTraceId, openSpanId] = active.value.value;
  if (boot?.wire === WIRE && openTraceId !== null) openTrace(openTraceId, openSpanId);

  const openRow = (row: number): void => {
    const key = list.keyAt(row);
    if (key === null) return;
    list.go(row);
    if (typeof key === "string") openTrace(key);
    else openTrace(key[0], key[1]);
  };

  const app: App = {
    env,
    boot,
    keywords,
    rows,
    filter,
    results,
    picks,
    list,
    trace,
    detail,
    menus,
    screen,
    kernel: watchKernel(env),
    setRows(next) {
      layout.set({ ...layout.value.value, rows: next });
    },
    openRow,
    act: (pane, action) =>
      (pane === "list" ? listAction : paneAction)(app, action) || anyAction(app, pane, action),
  };
  listen(
    model,
    "msg:custom",
    (content: { push?: string } | null) => content?.push === "rows" && filter.again(),
    end,
  );
  return app;
}

function listAction(app: App, action: Action): boolean {
  const { list, screen } = app;
  const { row, cell } = list.cursor.value;
  const column = list.columns.value[cell - 1];
  switch (action) {
    case "down":
      list.move(1);
      return true;
    case "up":
      list.move(-1);
      return true;
    case "pageDown":
      list.move(PAGE_STEP);
      return true;
    case "pageUp":
      list.go(Math.max(0, row - PAGE_STEP));
      return true;
    case "first":
      list.go(0);
      return true;
    case "last":
      list.go(Number.MAX_SAFE_INTEGER);
      return true;
    case "left":
      list.move(0, -1);
      return true;
    case "right":
      list.move(0, 1);
      return true;
    case "extendDown":
      list.extend(1);
      return true;
    case "extendUp":
      list.extend(-1);
      return true;
    case "select":
      if (row >= 0) list.pick(row);
      else if (column) list.sort(column);
      return true;
    case "selectAll":
      app.picks.all();
      return true;
    case "removeColumn":
      if (column) list.removeColumn(column);
      return true;
    case "open":
      if (row < 0) {
        if (column) list.sort(column);
      } else {
        app.openRow(row);
        screen.look("trace");
      }
      return true;
    default:
      return false;
  }
}

/** The trace pane's keys; the detail pane shares those about spans. */
function paneAction(app: App, action: Action): boolean {
  const { trace, screen } = app;
  switch (action) {
    case "down":
      trace.move(1);
      return true;
    case "up":
      trace.move(-1);
      return true;
    case "pageDown":
      trace.move(PAGE_STEP);
      return true;
    case "pageUp":
      trace.move(-PAGE_STEP);
      return true;
    case "first":
      trace.move(Number.NEGATIVE_INFINITY);
      return true;
    case "last":
      trace.move(Number.POSITIVE_INFINITY);
      return true;
    case "left":
      trace.left();
      return true;
    case "right":
      trace.right();
      return true;
    case "foldLess":
      trace.levels(1);
      return true;
    case "foldMore":
      trace.levels(-1);
      return true;
    case "critical":
      trace.critical.value = !trace.critical.value;
      return true;
    case "open":
      screen.look("detail");
      return true;
    case "nextMatch":
      if (!trace.next("match", 1)) app.env.say("No other match in this trace");
      return true;
    case "previousMatch":
      if (!trace.next("match", -1)) app.env.say("No other match in this trace");
      return true;
    case "nextError":
      if (!trace.next("error", 1)) app.env.say("No other error in this trace");
      return true;
    case "sameName":
      if (!trace.next("name", 1)) app.env.say("No other span of this name");
      return true;
    default:
      return false;
  }
}

function anyAction(app: App, pane: Pane, action: Action): boolean {
  const { screen, list } = app;
  switch (action) {
    case "nextTrace":
    case "previousTrace":
      app.openRow(list.cursor.value.row + (action === "nextTrace" ? 1 : -1));
      return true;
    case "nextTab":
      app.detail.turn(1);
      return true;
    case "previousTab":
      app.detail.turn(-1);
      return true;
    case "help":
      screen.help.value = !screen.help.value;
      return true;
    case "back":
      if (screen.help.value) screen.help.value = false;
      else if (pane === "detail") screen.look("trace");
      else if (pane === "trace") screen.look("list");
      else return false;
      return true;
    default:
      return false;
  }
}
