/** The layers of a call graph: each call leads to a later one but for those that close a circle. */

export interface Call {
  readonly from: number;
  readonly to: number;
}

/** The edges that close a circle: those to a node on the path of a walk from the first nodes on. */
export function backEdges(count: number, calls: readonly Call[]): Set<number> {
  const out = outgoing(count, calls);
  const state = new Uint8Array(count); // 0 not seen, 1 on the path, 2 done
  const next = new Int32Array(count);
  const back = new Set<number>();
  for (let start = 0; start < count; start++) {
    if (state[start] !== 0) continue;
    const path = [start];
    state[start] = 1;
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      const edge = out[node]![next[node]!++];
      if (edge === undefined) {
        state[node] = 2;
        path.pop();
      } else if (state[calls[edge]!.to] === 1) {
        back.add(edge);
      } else if (state[calls[edge]!.to] === 0) {
        state[calls[edge]!.to] = 1;
        path.push(calls[edge]!.to);
      }
    }
  }
  return back;
}

/** The layer of each node: one behind the last of those that call it. */
export function layersOf(count: number, calls: readonly Call[], back: ReadonlySet<number>): number[] {
  const layer = new Array<number>(count).fill(0);
  const waiting = new Int32Array(count);
  calls.forEach(({ to }, edge) => {
    if (!back.has(edge)) waiting[to] = waiting[to]! + 1;
  });
  const out = outgoing(count, calls);
  const ready: number[] = [];
  for (let node = count - 1; node >= 0; node--) if (waiting[node] === 0) ready.push(node);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const edge of out[node]!) {
      if (back.has(edge)) continue;
      const { to } = calls[edge]!;
      layer[to] = Math.max(layer[to]!, layer[node]! + 1);
      waiting[to] = waiting[to]! - 1;
      if (waiting[to] === 0) ready.push(to);
    }
  }
  return layer;
}

function outgoing(count: number, calls: readonly Call[]): number[][] {
  const out: number[][] = Array.from({ length: count }, () => []);
  calls.forEach(({ from }, edge) => void out[from]!.push(edge));
  return out;
}
