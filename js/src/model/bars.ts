/** The histogram as a picture: heights of bars, points of lines, and the bars that times cover. */

import type { HistogramResult } from "../wire/contract";

/** Bars from `first` to `last`, both included. */
export interface Brush {
  readonly first: number;
  readonly last: number;
}

/** The share of a bar by which a brushed time may be moved, to be short to read. */
export const SLACK = 0.25;

/** Heights from 0 to `height` in px; what is there at all is at least one pixel high. */
export function heights(counts: readonly number[], most: number, height: number): number[] {
  return counts.map((count) => (count === 0 ? 0 : Math.max(1, Math.round((count / most) * height))));
}

/** A line through the bars that have a value, on a log scale from `low` to `high`, as an SVG path. */
export function linePath(
  values: readonly (number | null)[],
  [low, high]: readonly [number, number],
  step: number,
  height: number,
): string {
  const span = Math.log(Math.max(high, low * 1.01) / low);
  let path = "";
  let drawn = false;
  values.forEach((value, bar) => {
    if (value === null) {
      drawn = false;
      return;
    }
    const y = height - 2 - (Math.log(Math.max(value, low) / low) / span) * (height - 4);
    const x = (bar + 0.5) * step;
    path += drawn
      ? `L${x.toFixed(1)} ${y.toFixed(1)}`
      : `M${(x - step * 0.3).toFixed(1)} ${y.toFixed(1)}h${(step * 0.6).toFixed(1)}`;
    drawn = true;
  });
  return path;
}

/** The least and the greatest duration of the lines, in ms. */
export function scaleOf({ p50_ms, p95_ms }: HistogramResult): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of [...p50_ms, ...p95_ms]) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high > 0 ? [Math.max(low, high / 1e6, 0.001), high] : [1, 10];
}

/** The bars that the filter's times cover; null where it leaves the times open. */
export function brushOf(result: HistogramResult): Brush | null {
  const { from_ms, to_ms, start_ms, width_ms, count } = result;
  if ((from_ms === null && to_ms === null) || count.length === 0) return null;
  const bar = (ms: number): number => Math.floor((ms - start_ms) / width_ms);
  // A time that was moved to a full minute covers a little of the next bar, which is not meant.
  const slack = width_ms * SLACK;
  return {
    first: from_ms === null ? 0 : Math.max(0, bar(from_ms + slack)),
    last: to_ms === null ? count.length - 1 : Math.min(count.length - 1, bar(to_ms - slack)),
  };
}

/** The bar under a place; `x` in px from the histogram's left end. */
export function barAt(x: number, step: number, bars: number): number {
  return Math.max(0, Math.min(bars - 1, Math.floor(x / step)));
}

/** Sums over bars: how many traces, and how many of them failed. */
export function sumOf(
  { count, errors }: HistogramResult,
  { first, last }: Brush,
): [count: number, errors: number] {
  let [all, bad] = [0, 0];
  for (let bar = first; bar <= last; bar++) {
    all += count[bar] ?? 0;
    bad += errors[bar] ?? 0;
  }
  return [all, bad];
}
