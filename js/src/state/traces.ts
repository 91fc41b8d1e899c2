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
  load(traceId: string, filter: string): Promise<Open>;
}

const KEPT = 12;

export function createTraces(env: Env): Traces {
  const slot = new Slot("replace");
  const cache = new Map<string, Open>();
  const keyOf = (traceId: string, filter: string): string => `${traceId}\n${filter}`;
  return {
    has: (traceId, filter) => cache.has(keyOf(traceId, filter)),
    async load(traceId, filter) {
      const key = keyOf(traceId, filter);
      const kept = cache.get(key);
      if (kept) return kept;
      const result = await slot.run((signal) => env.rpc.call("trace", { trace_id: traceId, filter }, signal));
      const tree = buildTree(result.spans);
      const fresh = { result, tree, groups: groupsOf(tree, result.spans.name) };
      // A running trace is asked for again.
      if (result.duration_ms !== null) cache.set(key, fresh);
      for (const old of cache.keys()) {
        if (cache.size <= KEPT) break;
        cache.delete(old);
      }
      return fresh;
    },
  };
}
