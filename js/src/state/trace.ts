/** The open trace: its tree, what is folded, where the cursor is, what matches. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { byRow, criticalPath, type Segment } from "../model/critical";
import { groupLine, rowOf } from "../model/groups";
import { foldBelow, nextWhere, positionOf, spreadFor, reveal as unfold, visibleLines } from "../model/tree";
import type { TraceResult } from "../wire/contract";
import { Slot } from "../wire/slot";
import { type Env, isCancelled, messageOf } from "./env";
import { createTraces, type Open } from "./traces";
import { createZoom, type Zoom } from "./zoom";

/** What the pane shows of the trace. */
export const TABS = ["Tree", "Graph"] as const;
export type Tab = (typeof TABS)[number];

export type Status = "none" | "loading" | "ready" | "failed";

export interface Trace {
  readonly id: Signal<string | null>;
  readonly status: Signal<Status>;
  readonly failure: Signal<string>;
  readonly open: Signal<Open | null>;
  readonly folded: Signal<ReadonlySet<number>>;
  /** groups of siblings that are shown one by one, by their first row */
  readonly spread: Signal<ReadonlySet<number>>;
  /** what to draw, top to bottom: rows by their number in preorder, and groups of siblings */
  readonly lines: ReadonlySignal<Int32Array>;
  /** the line that is current */
  readonly cursor: Signal<number>;
  /** where the current line stands among the lines */
  readonly at: ReadonlySignal<number>;
  /** the row of the span in the detail pane */
  readonly row: ReadonlySignal<number>;
  readonly tab: Signal<Tab>;
  readonly zoom: Zoom;
  readonly reveal: Signal<number>;
  readonly matches: ReadonlySignal<ReadonlySet<number>>;
  readonly critical: Signal<boolean>;
  readonly path: ReadonlySignal<ReadonlyMap<number, readonly Segment[]> | null>;
  readonly finding: Signal<string>;
  load(traceId: string, filter: string, spanId?: string | null): Promise<void>;
  /** a trace as it has grown, at a moment of the kernel's clock */
  renew(result: TraceResult, now: number): void;
  /** time goes by */
  tick(): void;
  /** the same trace, what matches may have changed */
  rematch(filter: string): void;
  /** something is said of traces that was not when they were fetched */
  forget(): void;
  go(line: number): void;
  move(by: number): void;
  toggle(line: number): void;
  left(): void;
  right(): void;
  levels(by: 1 | -1): void;
  zoomToCursor(): void;
  next(which: "match" | "error" | "name", by: 1 | -1): boolean;
  find(text: string): void;
}

/** Spans of a trace that is drawn anew as time goes by; a larger one is when it has grown. */
const MOST_TICKING = 5_000;

export function createTrace(env: Env, onSpan: (traceId: string, spanId: string) => void): Trace {
  const id = signal<string | null>(null);
  const status = signal<Status>("none");
  const failure = signal("");
  const open = signal<Open | null>(null);
  const folded = signal<ReadonlySet<number>>(new Set());
  const cursor = signal(0);
  const reveal = signal(0);
  const critical = signal(true);
  const finding = signal("");
  const found = signal<readonly number[] | null>(null);
  const traces = createTraces(env);
  const finder = new Slot("replace");

  const spread = signal<ReadonlySet<number>>(new Set());
  const zoom = createZoom(open);

  const lines = computed(() => {
    const now = open.value;
    return now ? visibleLines(now.tree, folded.value, now.groups, spread.value) : new Int32Array();
  });
  const at = computed(() => {
    const now = open.value;
    return now ? positionOf(now.tree, now.groups, lines.value, cursor.value) : -1;
  });
  const matches = computed(() => new Set(found.value ?? open.value?.result.matches ?? []));
  const path = computed(() => {
    const drawn = zoom.drawn.value;
    return drawn && critical.value ? byRow(criticalPath(drawn)) : null;
  });

  const go = (line: number): void => {
    const now = open.value;
    const row = rowOf(line);
    if (!now || row >= now.tree.count) return;
    batch(() => {
      folded.value = unfold(now.tree, folded.value, row);
      // A group itself is in sight once its parent is.
      const inside = line < 0 ? now.tree.parent[row]! : row;
      spread.value = spreadFor(now.tree, now.groups, spread.value, inside);
      cursor.value = line;
      reveal.value += 1;
    });
    onSpan(now.result.trace_id, now.result.spans.id[row]!);
  };

  const show = (fresh: Open, spanId: string | null | undefined): void => {
    const wanted = spanId ? fresh.result.spans.id.indexOf(spanId) : -1;
    const first = fresh.result.matches.length < fresh.tree.count ? fresh.result.matches[0] : 0;
    batch(() => {
      open.value = fresh;
      status.value = "ready";
      folded.value = new Set();
      spread.value = new Set();
      zoom.compressed.value = false;
      zoom.fit();
      finding.value = "";
      found.value = null;
      go(wanted >= 0 ? wanted : (first ?? (fresh.groups.byFirst.has(0) ? groupLine(0) : 0)));
    });
  };

  /** The same trace with more spans: what is folded, found and under the cursor stays. */
  const follow = (fresh: Open): void => {
    const now = open.value;
    if (!now) return;
    const { id: ids, duration } = now.result.spans;
    const rows = new Map(fresh.result.spans.id.map((spanId, row) => [spanId, row]));
    const same = (row: number): number => rows.get(ids[row]!) ?? 0;
    const row = rowOf(cursor.value);
    const grown = same(row);
    batch(() => {
      folded.value = new Set([...folded.value].map(same));
      spread.value = new Set([...spread.value].map(same));
      if (found.value) found.value = found.value.map(same);
      open.value = fresh;
      cursor.value = cursor.value < 0 ? groupLine(grown) : grown;
    });
    // What a span has put out is there when it has ended.
    if (duration[row] === null && fresh.result.spans.duration[grown] !== null) {
      onSpan(fresh.result.trace_id, ids[row]!);
    }
  };

  const opened = (line: number): boolean =>
    line < 0 ? spread.value.has(rowOf(line)) : !folded.value.has(line);

  const toggle = (line: number): void => {
    const now = open.value;
    const row = rowOf(line);
    if (!now || (line >= 0 && now.tree.size[row]! < 2)) return;
    const which = line < 0 ? spread : folded;
    const next = new Set(which.value);
    if (!next.delete(row)) next.add(row);
    const end = line < 0 ? (now.groups.byFirst.get(row)?.end ?? row) : row + now.tree.size[row]!;
    const inside = cursor.value >= 0 && cursor.value >= row && cursor.value < end && cursor.value !== line;
    batch(() => {
      which.value = next;
      // The cursor does not stay inside what was folded away.
      if (inside && !opened(line)) go(line);
    });
  };

  return {
    id,
    status,
    failure,
    open,
    folded,
    spread,
    lines,
    cursor,
    at,
    row: computed(() => rowOf(cursor.value)),
    tab: signal<Tab>("Tree"),
    zoom,
    reveal,
    matches,
    critical,
    path,
    finding,
    async load(traceId, filter, spanId) {
      const another = id.value !== traceId;
      id.value = traceId;
      const early = another && !traces.has(traceId, filter) ? traces.early(traceId) : undefined;
      if (early) show(early, spanId);
      else if (another && !traces.has(traceId, filter)) status.value = "loading";
      try {
        const fresh = await traces.load(traceId, filter);
        if (id.value !== traceId) return;
        if (early) follow(fresh);
        else show(fresh, spanId);
      } catch (error) {
        if (isCancelled(error) || id.value !== traceId) return;
        batch(() => {
          status.value = "failed";
          failure.value = messageOf(error);
          open.value = null;
        });
      }
    },
    renew(result, now) {
      const fresh = traces.put(result, now);
      if (id.value !== result.trace_id) return;
      if (open.value?.result.trace_id === id.value) follow(fresh);
      else show(fresh, null);
    },
    tick() {
      const now = open.value;
      if (!now || now.tree.count > MOST_TICKING) return;
      if (now.result.duration_ms === null && traces.early(now.result.trace_id)) follow(traces.aged(now));
    },
    async rematch(filter) {
      const traceId = id.value;
      if (traceId === null || status.value !== "ready") return;
      try {
        const fresh = await traces.load(traceId, filter);
        if (id.value === traceId && open.value?.tree.count === fresh.tree.count) open.value = fresh;
      } catch (error) {
        env.fail("The matches could not be marked", error);
      }
    },
    forget: traces.forget,
    go,
    move(by) {
      if (!open.value) return;
      const next = Math.max(0, Math.min(lines.value.length - 1, at.value + by));
      go(lines.value[next] ?? 0);
    },
    toggle,
    left() {
      const now = open.value;
      if (!now) return;
      const line = cursor.value;
      const row = rowOf(line);
      const group = now.groups.memberOf[row]!;
      if (opened(line) && (line < 0 || now.tree.size[row]! > 1)) toggle(line);
      else if (line >= 0 && group >= 0) go(groupLine(group));
      else if (now.tree.parent[row]! >= 0) go(now.tree.parent[row]!);
    },
    right() {
      const now = open.value;
      if (!now) return;
      const line = cursor.value;
      const children = line < 0 || now.tree.size[line]! > 1;
      if (!children) return;
      if (!opened(line)) toggle(line);
      else go(lines.value[at.value + 1] ?? line);
    },
    levels(by) {
      const tree = open.value?.tree;
      if (!tree) return;
      let deepest = 0;
      for (const line of lines.value) deepest = Math.max(deepest, tree.depth[rowOf(line)]!);
      const levels = Math.max(1, deepest + 1 + by);
      batch(() => {
        folded.value = foldBelow(tree, levels);
        go(lines.value[at.value] ?? 0);
      });
    },
    zoomToCursor() {
      const row = rowOf(cursor.value);
      const group = cursor.value < 0 ? open.value?.groups.byFirst.get(row) : undefined;
      zoom.around(group?.members ?? [row]);
    },
    next(which, by) {
      const now = open.value;
      if (!now) return false;
      const { spans } = now.result;
      const here = rowOf(cursor.value);
      const name = spans.name[here];
      const fits = (row: number): boolean => {
        if (which === "match") return matches.value.has(row);
        return which === "error" ? spans.status[row] === 2 : spans.name[row] === name;
      };
      const row = nextWhere(now.tree.count, here, by, fits);
      if (row >= 0) go(row);
      return row >= 0;
    },
    async find(text) {
      finding.value = text;
      const traceId = id.value;
      if (!text || traceId === null) {
        found.value = null;
        return;
      }
      try {
        const reply = await finder.run((signal) => env.rpc.call("find", { trace_id: traceId, text }, signal));
        if (finding.value === text && id.value === traceId) found.value = reply.matches;
      } catch (error) {
        env.fail("The trace could not be searched", error);
      }
    },
  };
}
