/**
 * A scrollbar for more rows than an element can be tall. Chromium clamps elements at 33.5 million pixels
 * (Firefox at 17.8), so the scroller is at most MAX_HEIGHT tall and its position is scaled: a long jump (the
 * scrollbar dragged) lands at the same share of the list, a short one (the wheel) moves by its own pixels.
 */

export const MAX_HEIGHT = 12_000_000;

/** A jump of more viewports than this is a drag of the scrollbar. */
const DRAG = 4;

export interface Extent {
  readonly rows: number;
  readonly rowHeight: number;
  readonly viewport: number;
}

/** `top` is where the scroller stands; `offset` is the pixel of the whole list at the top of the viewport. */
export interface Position {
  readonly top: number;
  readonly offset: number;
}

export function scrollerHeight({ rows, rowHeight, viewport }: Extent): number {
  return Math.max(viewport, Math.min(rows * rowHeight, MAX_HEIGHT));
}

export function maxOffset({ rows, rowHeight, viewport }: Extent): number {
  return Math.max(0, rows * rowHeight - viewport);
}

/** The position after the scroller moved to `top`. */
export function scrolled(before: Position, top: number, extent: Extent): Position {
  const most = maxOffset(extent);
  const room = scrollerHeight(extent) - extent.viewport;
  if (room <= 0) return { top, offset: 0 };
  if (extent.rows * extent.rowHeight <= MAX_HEIGHT) return { top, offset: Math.min(top, most) };
  if (top <= 0) return { top, offset: 0 };
  if (top >= room) return { top, offset: most };
  const moved = top - before.top;
  const offset =
    Math.abs(moved) > extent.viewport * DRAG
      ? (top / room) * most
      : Math.min(most, Math.max(0, before.offset + moved));
  return { top, offset };
}

/** Where the scroller has to stand for `offset` to be at the top of the viewport. */
export function topFor(offset: number, extent: Extent): Position {
  const most = maxOffset(extent);
  const clamped = Math.min(most, Math.max(0, offset));
  if (extent.rows * extent.rowHeight <= MAX_HEIGHT) return { top: clamped, offset: clamped };
  const room = scrollerHeight(extent) - extent.viewport;
  return { top: most > 0 ? (clamped / most) * room : 0, offset: clamped };
}

/** The offset that shows `row` with the least movement. */
export function offsetShowing(row: number, offset: number, { rowHeight, viewport }: Extent): number {
  const top = row * rowHeight;
  if (top < offset) return top;
  if (top + rowHeight > offset + viewport) return top + rowHeight - viewport;
  return offset;
}

/** First and one past the last row to draw. */
export function rowsAt(offset: number, { rows, rowHeight, viewport }: Extent): readonly [number, number] {
  const first = Math.max(0, Math.floor(offset / rowHeight));
  return [Math.min(first, rows), Math.min(rows, Math.ceil((offset + viewport) / rowHeight))];
}
