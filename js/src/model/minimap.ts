/** The whole trace in little: where spans ran and where they failed, as two SVG paths over a grid of cells. */

import type { Tree } from "./tree";

export const COLUMNS = 160;
export const LANES = 9;

export interface Minimap {
  /** spans that hold others */
  readonly held: string;
  readonly ran: string;
  readonly failed: string;
}

/** `rows` are the rows to draw, top to bottom; many of them share a lane. */
export function minimap(tree: Tree, failed: (row: number) => boolean): Minimap {
  const whole = Math.max(tree.to - tree.from, Number.MIN_VALUE);
  const lanes = Math.min(LANES, Math.max(1, tree.count));
  const width = COLUMNS + 1;
  // How many more spans run from a column on: a linear pass, however long the spans are.
  const lane = (): Int32Array => new Int32Array(lanes * width);
  const [held, ran, bad] = [lane(), lane(), lane()];
  for (let row = 0; row < tree.count; row++) {
    const top = Math.min(lanes - 1, Math.floor((row * lanes) / tree.count)) * width;
    const from = Math.min(COLUMNS - 1, Math.floor(((tree.start[row]! - tree.from) / whole) * COLUMNS));
    const to = Math.max(from + 1, Math.ceil(((tree.end[row]! - tree.from) / whole) * COLUMNS));
    const into = tree.size[row]! > 1 ? held : failed(row) ? bad : ran;
    into[top + from]! += 1;
    into[top + Math.min(COLUMNS, to)]! -= 1;
  }
  return { held: pathOf(held, lanes), ran: pathOf(ran, lanes), failed: pathOf(bad, lanes) };
}

function pathOf(change: Int32Array, lanes: number): string {
  let path = "";
  for (let lane = 0; lane < lanes; lane++) {
    let running = 0;
    let from = -1;
    for (let column = 0; column <= COLUMNS; column++) {
      running += change[lane * (COLUMNS + 1) + column]!;
      const runs = running > 0 && column < COLUMNS;
      if (runs && from < 0) from = column;
      if (!runs && from >= 0) {
        path += `M${from} ${lane}h${column - from}v1H${from}z`;
        from = -1;
      }
    }
  }
  return path;
}
