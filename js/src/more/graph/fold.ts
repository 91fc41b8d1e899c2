/** A trace folded by the names of its spans: who calls whom, how often, how long, with how many errors. No DOM. */

import type { Tree } from "../../model/tree";
import type { TraceResult } from "../../wire/contract";

export interface Node {
  readonly name: string;
  /** kind of the first span of this name */
  readonly type: string;
  /** row of the first span of this name */
  readonly first: number;
  calls: number;
  errors: number;
  tokens: number;
  /** ms; a span within one of its own name counts once */
  total: number;
}

/** Calls from the spans of one name to those of another, by their places among the nodes. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  calls: number;
  errors: number;
  /** ms of the spans that were called */
  time: number;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** names of less time that are left out; what they call is called by who calls them */
  readonly left: number;
}

/** More nodes than this are no picture any more. */
export const MOST_NODES = 60;

const FAILED = 2;

export function foldTrace({ spans, names, types }: TraceResult, tree: Tree, most = MOST_NODES): Graph {
  const byName = new Map<number, Node>();
  // How many spans of a name are around the one looked at.
  const around = new Map<number, number>();
  const path: number[] = [];
  for (let row = 0; row < tree.count; row++) {
    while (path.length > 0 && row >= path[path.length - 1]! + tree.size[path[path.length - 1]!]!) {
      const name = spans.name[path.pop()!]!;
      around.set(name, around.get(name)! - 1);
    }
    const name = spans.name[row]!;
    let node = byName.get(name);
    if (!node) {
      const type = types[spans.type[row]!] ?? "";
      node = { name: names[name] ?? "", type, first: row, calls: 0, errors: 0, tokens: 0, total: 0 };
      byName.set(name, node);
    }
    node.calls += 1;
    node.errors += spans.status[row] === FAILED ? 1 : 0;
    node.tokens += spans.tokens[row] ?? 0;
    if (!around.get(name)) node.total += tree.end[row]! - tree.start[row]!;
    around.set(name, (around.get(name) ?? 0) + 1);
    path.push(row);
  }
  const all = [...byName];
  // Of the same time the one that came first.
  const kept = all.length > most ? heaviest(all, most) : all;
  const places = new Map(kept.map(([name], place) => [name, place]));
  return {
    nodes: kept.map(([, node]) => node),
    edges: callsBetween(spans, tree, places),
    left: all.length - kept.length,
  };
}

function heaviest(all: readonly (readonly [number, Node])[], most: number): (readonly [number, Node])[] {
  const ranked = [...all].sort(([, a], [, b]) => b.total - a.total || a.first - b.first).slice(0, most);
  return ranked.sort(([, a], [, b]) => a.first - b.first);
}

function callsBetween(spans: TraceResult["spans"], tree: Tree, places: ReadonlyMap<number, number>): Edge[] {
  const edges = new Map<number, Edge>();
  // For each span its own node, or that of the nearest span around it that has one.
  const nodeOf = new Int32Array(tree.count);
  for (let row = 0; row < tree.count; row++) {
    const parent = tree.parent[row]!;
    const from = parent >= 0 ? nodeOf[parent]! : -1;
    const to = places.get(spans.name[row]!) ?? -1;
    nodeOf[row] = to >= 0 ? to : from;
    if (to < 0 || from < 0) continue;
    const key = from * places.size + to;
    let edge = edges.get(key);
    if (!edge) {
      edge = { from, to, calls: 0, errors: 0, time: 0 };
      edges.set(key, edge);
    }
    edge.calls += 1;
    edge.errors += spans.status[row] === FAILED ? 1 : 0;
    edge.time += tree.end[row]! - tree.start[row]!;
  }
  return [...edges.values()];
}
