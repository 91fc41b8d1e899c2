/** The open trace: its tree, what is folded, where the cursor is, what matches. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { byRow, criticalPath, type Segment } from "../model/critical";
import { buildTree, foldBelow, positionOf, type Tree, reveal as unfold, visibleRows } from "../model/tree";
import type { TraceResult } from "../wire/contract";
import { Slot } from "../wire/slot";
import { type Env, isCancelled, messageOf } from "./env";

export interface Open {
  readonly result: TraceResult;
  readonly tree: Tree;
}

export type Status = "none" | "loading" | "ready" | "failed";

export interface Trace {
  readonly id: Signal<string | null>;
  readonly status: Signal<Status>;
  readonly failure: Signal<string>;
  readonly open: Signal<Open | null>;
  readonly folded: Signal<ReadonlySet<number>>;
  /** rows to draw, by their number in preorder */
  readonly rows: ReadonlySignal<Int32Array>;
  /** the row of the span in the detail pane */
  readonly cursor: Signal<number>;
  readonly reveal: Signal<number>;
  readonly matches: ReadonlySignal<ReadonlySet<number>>;
  readonly critical: Signal<boolean>;
  readonly path: ReadonlySignal<ReadonlyMap<number, readonly Segment[]> | null>;
  readonly finding: Signal<string>;
  load(traceId: string, filter: string, spanId?: string | null): Promise<void>;
  /** the same trace, what matches may have changed */
  rematch(filter: string): void;
  go(row: number): void;
  move(by: number): void;
  toggle(row: number): void;
  left(): void;
  right(): void;
  levels(by: 1 | -1): void;
  next(which: "match" | "error" | "name", by: 1 | -1): boolean;
  find(text: string): void;
}

/** Traces kept, so that going back and forth is instant. */
const KEPT = 12;

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
  const slot = new Slot("replace");
  const finder = new Slot("replace");
  const cache = new Map<string, Open>();

  const rows = computed(() => (open.value ? visibleRows(open.value.tree, folded.value) : new Int32Array()));
  const matches = computed(() => new Set(found.value ?? open.value?.result.matches ?? []));
  const path = computed(() => (open.value && critical.value ? byRow(criticalPath(open.value.tree)) : null));

  const fetchTrace = async (traceId: string, filter: string): Promise<Open> => {
    const key = `${traceId}\n${filter}`;
    const kept = cache.get(key);
    if (kept) return kept;
    const result = await slot.run((signal) => env.rpc.call("trace", { trace_id: traceId, filter }, signal));
    const fresh = { result, tree: buildTree(result.spans) };
    if (result.duration_ms !== null) cache.set(key, fresh);
    for (const old of cache.keys()) {
      if (cache.size <= KEPT) break;
      cache.delete(old);
    }
    return fresh;
  };

  const go = (row: number): void => {
    const now = open.value;
    if (!now || row < 0 || row >= now.tree.count) return;
    batch(() => {
      folded.value = unfold(now.tree, folded.value, row);
      cursor.value = row;
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
      finding.value = "";
      found.value = null;
      go(wanted >= 0 ? wanted : (first ?? 0));
    });
  };

  const toggle = (row: number): void => {
    const now = open.value;
    if (!now || now.tree.size[row]! < 2) return;
    const next = new Set(folded.value);
    if (!next.delete(row)) next.add(row);
    batch(() => {
      folded.value = next;
      // The cursor does not stay inside what was folded away.
      if (cursor.value > row && cursor.value < row + now.tree.size[row]! && next.has(row)) go(row);
    });
  };

  return {
    id,
    status,
    failure,
    open,
    folded,
    rows,
    cursor,
    reveal,
    matches,
    critical,
    path,
    finding,
    async load(traceId, filter, spanId) {
      const another = id.value !== traceId;
      id.value = traceId;
      if (another && !cache.has(`${traceId}\n${filter}`)) status.value = "loading";
      try {
        const fresh = await fetchTrace(traceId, filter);
        if (id.value === traceId) show(fresh, spanId);
      } catch (error) {
        if (isCancelled(error) || id.value !== traceId) return;
        batch(() => {
          status.value = "failed";
          failure.value = messageOf(error);
          open.value = null;
        });
      }
    },
    async rematch(filter) {
      const traceId = id.value;
      if (traceId === null || status.value !== "ready") return;
      try {
        const fresh = await fetchTrace(traceId, filter);
        if (id.value === traceId && open.value?.tree.count === fresh.tree.count) open.value = fresh;
      } catch (error) {
        env.fail("The matches could not be marked", error);
      }
    },
    go,
    move(by) {
      const now = open.value;
      if (!now) return;
      const at = positionOf(now.tree, rows.value, cursor.value);
      const next = Math.max(0, Math.min(rows.value.length - 1, at + by));
      go(rows.value[next] ?? 0);
    },
    toggle,
    left() {
      const tree = open.value?.tree;
      if (!tree) return;
      const row = cursor.value;
      if (tree.size[row]! > 1 && !folded.value.has(row)) toggle(row);
      else if (tree.parent[row]! >= 0) go(tree.parent[row]!);
    },
    right() {
      const tree = open.value?.tree;
      if (!tree) return;
      const row = cursor.value;
      if (folded.value.has(row)) toggle(row);
      else if (tree.size[row]! > 1) go(row + 1);
    },
    levels(by) {
      const tree = open.value?.tree;
      if (!tree) return;
      let deepest = 0;
      for (const row of rows.value) deepest = Math.max(deepest, tree.depth[row]!);
      const levels = Math.max(1, deepest + 1 + by);
      batch(() => {
        folded.value = foldBelow(tree, levels);
        go(rows.value[positionOf(tree, rows.value, cursor.value)] ?? 0);
      });
    },
    next(which, by) {
      const now = open.value;
      if (!now) return false;
      const { spans } = now.result;
      const name = spans.name[cursor.value];
      const fits = (row: number): boolean => {
        if (which === "match") return matches.value.has(row);
        return which === "error" ? spans.status[row] === 2 : spans.name[row] === name;
      };
      for (let step = 1; step < now.tree.count; step++) {
        const row = (cursor.value + by * step + now.tree.count * 2) % now.tree.count;
        if (fits(row)) {
          go(row);
          return true;
        }
      }
      return false;
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
