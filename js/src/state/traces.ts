/** Fetches traces and keeps the last ones, so that going back and forth is instant. */

import { type Groups, groupsOf } from "../model/groups";
import { buildTree, type Tree } from "../model/tree";
import type { TraceResult } from "../wire/contract";
import { Slot } from "../wire/slot";
import type { Env } from "./env";

export interface Open {
  readonly result: TraceResult;
  readonly tree: Tree;
  readonly groups: Groups;
}

export interface Traces {
  /** whether it is here already */
  has(traceId: string, filter: string): boolean;
  /** a trace that came unasked, `now` being the kernel's clock: what is drawn until it is asked for */
  put(result: TraceResult, now: number): Open;
  early(traceId: string): Open | undefined;
  /** a trace that is being recorded, with its running spans up to this moment */
  aged(open: Open): Open;
  load(traceId: string, filter: string): Promise<Open>;
  /** what is asked for from now on is fetched anew */
  forget(): void;
}

const KEPT = 12;

/** A map without its first entries, as many as there are too many. */
function trim(map: Map<string, unknown>): void {
  for (const old of map.keys()) {
    if (map.size <= KEPT) break;
    map.delete(old);
  }
}

export function createTraces(env: Env): Traces {
  const slot = new Slot("replace");
  const cache = new Map<string, Open>();
  const unasked = new Map<string, Open>();
  /** what the kernel's clock is ahead of the page's, as far as it was heard */
  let ahead = Number.NaN;
  // Of a trace that nobody records any more a span may seem to run for ever.
  const opened = (result: TraceResult, grows = unasked.has(result.trace_id)): Open => {
    const age = grows ? performance.now() + ahead - result.time_ms : 0;
    const tree = buildTree(result.spans, age);
    return { result, tree, groups: groupsOf(tree, result.spans.name) };
  };
  const keyOf = (traceId: string, filter: string): string => `${traceId}\n${filter}`;
  return {
    forget: () => cache.clear(),
    has: (traceId, filter) => cache.has(keyOf(traceId, filter)),
    put(result, now) {
      const { trace_id } = result;
      ahead = now - performance.now();
      for (const key of [...cache.keys()]) if (key.startsWith(`${trace_id}\n`)) cache.delete(key);
      unasked.delete(trace_id);
      const fresh = opened(result, true);
      unasked.set(trace_id, fresh);
      trim(unasked);
      return fresh;
    },
    aged: ({ result }) => opened(result),
    early: (traceId) => unasked.get(traceId),
    async load(traceId, filter) {
      const key = keyOf(traceId, filter);
      const kept = cache.get(key);
      if (kept) return kept;
      const result = await slot.run((signal) => env.rpc.call("trace", { trace_id: traceId, filter }, signal));
      const fresh = opened(result);
      // A running trace is asked for again.
      if (result.duration_ms !== null) cache.set(key, fresh);
      trim(cache);
      return fresh;
    },
  };
}
