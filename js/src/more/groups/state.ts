/** Groups of rows: their order, which are unfolded, the rows of those, and where the cursor is. */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { App } from "../../state/app";
import type { GroupResult, PageResult, SessionResult } from "../../wire/contract";

export type SortKey = "value" | "count" | "errors" | "p50_ms" | "p95_ms" | "tokens" | "cost" | "last_ms";

/** A line of the list: a group, or the `row`-th row of one. */
export interface Line {
  readonly group: number;
  readonly row: number;
}

export interface Groups {
  readonly by: ReadonlySignal<string>;
  readonly answer: Signal<GroupResult | null>;
  readonly failure: Signal<string | null>;
  readonly sort: Signal<{ readonly key: SortKey; readonly down: boolean }>;
  readonly lines: ReadonlySignal<readonly Line[]>;
  readonly pages: Signal<ReadonlyMap<number, PageResult>>;
  readonly open: Signal<ReadonlySet<number>>;
  readonly cursor: Signal<number>;
  readonly session: Signal<SessionResult | null>;
  order(key: SortKey): void;
  move(by: number): void;
  toggle(group: number, want?: boolean): void;
  /** unfolds or folds a group, opens the trace of a row */
  act(line: Line): void;
  /** the filter for what a group holds becomes the widget's */
  narrow(group: number): Promise<void>;
  converse(group: number): Promise<void>;
  /** the rows one by one again */
  leave(): void;
}

/** Rows of one group that are fetched. */
export const MEMBERS = 200;

const SESSION = new Set(["session_id", "session"]);

export const isSession = (by: string): boolean => SESSION.has(by.replace(/^trace\./, ""));

export function createGroups(app: App, end: AbortSignal): Groups {
  const { env, results, layout } = app;
  const by = computed(() => layout.value.value.group ?? "");
  const answer = signal<GroupResult | null>(null);
  const failure = signal<string | null>(null);
  const sort = signal<{ key: SortKey; down: boolean }>({ key: "count", down: true });
  const open = signal<ReadonlySet<number>>(new Set());
  const pages = signal<ReadonlyMap<number, PageResult>>(new Map());
  const cursor = signal(0);
  const session = signal<SessionResult | null>(null);
  let asked = 0;

  const shown = () => ({
    filter: results.answer.value?.filter ?? "",
    rows: results.answer.value?.rows ?? ("traces" as const),
    by: by.value,
  });

  const ask = async (question: ReturnType<typeof shown>): Promise<void> => {
    const mine = ++asked;
    try {
      const reply = await env.rpc.call("group", question, end);
      if (mine !== asked) return;
      batch(() => {
        // What is unfolded stays so while it is about the same values.
        const kept = new Set(
          [...open.value].map((group) => answer.value?.value[group]).map((value) => JSON.stringify(value)),
        );
        const same = answer.value?.by === reply.by;
        answer.value = reply;
        failure.value = null;
        pages.value = new Map();
        const again = reply.value.flatMap((value, group) =>
          same && kept.has(JSON.stringify(value)) ? [group] : [],
        );
        open.value = new Set(again);
        cursor.value = same ? Math.min(cursor.value, lines.value.length - 1) : 0;
      });
      for (const group of open.value) void fetchRows(group);
    } catch (error) {
      if (mine === asked) failure.value = error instanceof Error ? error.message : String(error);
    }
  };

  const follow = effect(() => {
    const question = shown();
    void results.answer.value;
    if (question.by && results.answer.value) void ask(question);
  });
  end.addEventListener("abort", follow, { once: true });

  const order = computed(() => {
    const found = answer.value;
    if (!found) return [];
    const { key, down } = sort.value;
    const column: readonly (string | number | boolean | null)[] = found[key];
    const sign = down ? -1 : 1;
    return found.value
      .map((_, group) => group)
      .sort((a, b) => {
        const [x, y] = [column[a] ?? null, column[b] ?? null];
        if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
        return (
          sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : 1) ||
          a - b
        );
      });
  });

  const lines = computed(() =>
    order.value.flatMap((group): Line[] => {
      const head = { group, row: -1 };
      if (!open.value.has(group)) return [head];
      const rows = pages.value.get(group)?.rows.trace_id ?? [];
      return [head, ...rows.map((_, row) => ({ group, row }))];
    }),
  );

  const narrowed = async (group: number): Promise<string> => {
    const value = answer.value?.value[group] ?? null;
    return (await env.rpc.call("member", { ...shown(), value }, end)).filter;
  };

  const fetchRows = async (group: number): Promise<void> => {
    const now = answer.value;
    try {
      const filter = await narrowed(group);
      const { rows } = shown();
      const page = await env.rpc.call("page", { filter, rows, columns: [], at: 0, limit: MEMBERS }, end);
      if (answer.value === now) pages.value = new Map(pages.value).set(group, page);
    } catch (error) {
      env.fail("The rows of the group could not be read", error);
    }
  };

  const toggle = (group: number, want = !open.value.has(group)): void => {
    const next = new Set(open.value);
    if (want) next.add(group);
    else next.delete(group);
    open.value = next;
    if (want && !pages.value.has(group)) void fetchRows(group);
  };

  return {
    by,
    answer,
    failure,
    sort,
    lines,
    pages,
    open,
    cursor,
    session,
    order(key) {
      const now = sort.value;
      sort.value = { key, down: now.key === key ? !now.down : key !== "value" };
    },
    move(step) {
      cursor.value = Math.max(0, Math.min(lines.value.length - 1, cursor.value + step));
    },
    toggle,
    act({ group, row }) {
      if (row < 0) toggle(group);
      else {
        const id = pages.value.get(group)?.rows.trace_id[row];
        const span = pages.value.get(group)?.rows.span_id[row];
        if (id !== undefined) app.openTrace(id, span);
      }
    },
    async narrow(group) {
      try {
        const filter = await narrowed(group);
        this.leave();
        app.filter.run(filter);
      } catch (error) {
        env.fail("The filter could not be changed", error);
      }
    },
    async converse(group) {
      const id = answer.value?.value[group];
      if (typeof id !== "string" || !isSession(by.value)) return;
      try {
        session.value = await env.rpc.call("session", { session_id: id }, end);
      } catch (error) {
        env.fail("The session could not be read", error);
      }
    },
    leave() {
      const { group: _, ...rest } = layout.value.value;
      layout.set(rest);
      app.screen.look("list");
    },
  };
}
