/**
 * Where nodes and edges of a call graph are drawn: in layers from left to right, each call leading to a later layer
 * but for those that close a circle. An edge that passes a layer has a place there, so that it crosses no node. No DOM.
 */

import { backEdges, type Call, layersOf } from "./layers";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Drawing {
  readonly nodes: readonly Box[];
  /** the corners of each edge, from left to right; null for a call of a node by itself */
  readonly edges: readonly (readonly Point[] | null)[];
  /** the edges that lead back */
  readonly back: ReadonlySet<number>;
  readonly layer: readonly number[];
  readonly width: number;
  readonly height: number;
}

export interface Sizes {
  /** px of each node, which is made higher where more edges come in from the left */
  readonly width: readonly number[];
  readonly height: readonly number[];
  /** px that an edge takes where it comes into a node from the left, for its label */
  readonly port: number;
  /** px between two layers, where the edges' labels stand */
  readonly gap: number;
  /** px between two nodes of a layer */
  readonly space: number;
  /** px around all of it */
  readonly margin: number;
}

/** A node's place, or where an edge passes a layer. */
interface Item {
  /** the node; -1 where an edge passes */
  readonly node: number;
  readonly layer: number;
  height: number;
  /** the items that it hangs together with in the layers beside it; with those to the left by which edges */
  readonly left: number[];
  readonly right: number[];
  readonly entering: number[];
}

/** Height that an edge takes where it passes a layer. */
const LANE = 14;
const SWEEPS = 6;

export function drawGraph(count: number, calls: readonly Call[], sizes: Sizes): Drawing {
  if (count === 0) return { nodes: [], edges: [], back: new Set(), layer: [], width: 0, height: 0 };
  const back = backEdges(count, calls);
  const layer = layersOf(count, calls, back);
  const items: Item[] = [];
  for (let node = 0; node < count; node++) {
    items.push({ node, layer: layer[node]!, height: sizes.height[node]!, left: [], right: [], entering: [] });
  }
  // Each edge as a chain of items, always drawn from left to right.
  const chains = calls.map(({ from, to }, edge) => {
    if (from === to) return null;
    const [left, right] = layer[from]! <= layer[to]! ? [from, to] : [to, from];
    const chain = [left];
    for (let at = layer[left]! + 1; at < layer[right]!; at++) {
      chain.push(items.length);
      items.push({ node: -1, layer: at, height: LANE, left: [], right: [], entering: [] });
    }
    chain.push(right);
    for (let n = 1; n < chain.length; n++) {
      items[chain[n - 1]!]!.right.push(chain[n]!);
      items[chain[n]!]!.left.push(chain[n - 1]!);
      items[chain[n]!]!.entering.push(edge);
    }
    return chain;
  });
  for (const item of items)
    if (item.node >= 0) item.height = Math.max(item.height, sizes.port * item.left.length);
  const columns = ordered(items);
  const y = spread(items, columns, sizes.space);
  const x = across(columns, items, sizes);
  const width = (item: number): number => (items[item]!.node < 0 ? 0 : sizes.width[items[item]!.node]!);
  const middle = (item: number): number => y[item]! + items[item]!.height / 2;
  const ports = portsOf(items, middle, y);
  const down = sizes.margin - Math.min(...y);
  const bottom = Math.max(...items.map((item, n) => y[n]! + item.height));
  const last = columns.length - 1;
  return {
    nodes: items.slice(0, count).map((item, n) => ({
      x: x[item.layer]!,
      y: y[n]! + down,
      width: width(n),
      height: item.height,
    })),
    edges: chains.map((chain, edge) => {
      if (!chain) return null;
      return chain.flatMap((item, n): Point[] => {
        const { layer } = items[item]!;
        const left = x[layer]!;
        const at = middle(item) + down;
        if (n === 0) return [{ x: left + width(item), y: at }];
        if (n === chain.length - 1) return [{ x: left, y: ports.get(edge)! + down }];
        // Through the whole layer, so that it bends beside the nodes and not over them.
        return [
          { x: left, y: at },
          { x: left + columnWidth(columns[layer]!, items, sizes), y: at },
        ];
      });
    }),
    back,
    layer,
    width: (x[last] ?? 0) + columnWidth(columns[last] ?? [], items, sizes) + sizes.margin,
    height: bottom + down + sizes.margin,
  };
}

/** Where each edge comes into its right-hand node: one below the other, in the order in which they come. */
function portsOf(
  items: readonly Item[],
  middle: (item: number) => number,
  y: Float64Array,
): Map<number, number> {
  const ports = new Map<number, number>();
  items.forEach((item, n) => {
    if (item.node < 0) return;
    const order = item.entering.map((edge, k) => ({ edge, from: middle(item.left[k]!) }));
    order.sort((a, b) => a.from - b.from || a.edge - b.edge);
    order.forEach(({ edge }, k) => void ports.set(edge, y[n]! + (item.height * (k + 0.5)) / order.length));
  });
  return ports;
}

/** The items of each layer in an order with few crossings: each near the middle of those that it hangs together with. */
function ordered(items: readonly Item[]): number[][] {
  const columns: number[][] = [];
  items.forEach((item, n) => {
    while (columns.length <= item.layer) columns.push([]);
    columns[item.layer]!.push(n);
  });
  const place = new Float64Array(items.length);
  const settle = (column: number[]): void => {
    for (let n = 0; n < column.length; n++) place[column[n]!] = n;
  };
  columns.forEach(settle);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const rightwards = sweep % 2 === 0;
    const order = rightwards ? columns : [...columns].reverse();
    for (const column of order) {
      const wanted = new Map(
        column.map((item) => {
          const beside = rightwards ? items[item]!.left : items[item]!.right;
          const sum = beside.reduce((all, other) => all + place[other]!, 0);
          return [item, beside.length > 0 ? sum / beside.length : place[item]!] as const;
        }),
      );
      column.sort((a, b) => wanted.get(a)! - wanted.get(b)! || place[a]! - place[b]!);
      settle(column);
    }
  }
  return columns;
}

/** The upper end of each item: as near to the middle of its neighbours as the order within the layer allows. */
function spread(items: readonly Item[], columns: readonly number[][], space: number): Float64Array {
  const y = new Float64Array(items.length);
  for (const column of columns) {
    let at = 0;
    for (const item of column) {
      y[item] = at;
      at += items[item]!.height + space;
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const rightwards = sweep % 2 === 0;
    for (const column of rightwards ? columns : [...columns].reverse()) {
      const wanted = column.map((item) => {
        const beside = rightwards ? items[item]!.left : items[item]!.right;
        if (beside.length === 0) return y[item]!;
        const sum = beside.reduce((all, other) => all + y[other]! + items[other]!.height / 2, 0);
        return sum / beside.length - items[item]!.height / 2;
      });
      const places = apart(column, wanted, items, space);
      for (let n = 0; n < column.length; n++) y[column[n]!] = places[n]!;
    }
  }
  return y;
}

/**
 * Places as near to those wanted as keep the order and the space between: items that would touch become a block,
 * which stands where its items want to be on average.
 */
function apart(
  column: readonly number[],
  wanted: readonly number[],
  items: readonly Item[],
  space: number,
): number[] {
  const blocks: { at: number; count: number; height: number; sum: number }[] = [];
  column.forEach((item, n) => {
    let block = { at: wanted[n]!, count: 1, height: items[item]!.height + space, sum: wanted[n]! };
    for (let before = blocks.at(-1); before && before.at + before.height > block.at; before = blocks.at(-1)) {
      blocks.pop();
      // What is wanted of the second block is said of its own beginning: moved to that of both.
      const sum = before.sum + block.sum - block.count * before.height;
      const count = before.count + block.count;
      block = { at: sum / count, count, height: before.height + block.height, sum };
    }
    blocks.push(block);
  });
  const places: number[] = [];
  for (const { at, count } of blocks) {
    let next = at;
    for (let n = 0; n < count; n++) {
      places.push(next);
      next += items[column[places.length - 1]!]!.height + space;
    }
  }
  return places;
}

function columnWidth(column: readonly number[], items: readonly Item[], sizes: Sizes): number {
  return column.reduce((most, item) => {
    const { node } = items[item]!;
    return node < 0 ? most : Math.max(most, sizes.width[node]!);
  }, 0);
}

/** The left end of each layer. */
function across(columns: readonly number[][], items: readonly Item[], sizes: Sizes): number[] {
  let at = sizes.margin;
  return columns.map((column) => {
    const left = at;
    at += columnWidth(column, items, sizes) + sizes.gap;
    return left;
  });
}
