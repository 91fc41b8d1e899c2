/** Where things lie in the waterfall, in percent of its width. No DOM. */

import type { Segment } from "./critical";
import { selfStretches } from "./selftime";
import { perRow } from "./tree";

/** The stretch of time on the screen, in ms after the trace's start. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface Bar {
  /** percent of the waterfall's width */
  readonly left: number;
  readonly width: number;
}

export interface Tick {
  readonly at: number;
  readonly left: number;
}

/** Where a stretch lies; it may begin before the window and end after it. */
export function place(from: number, to: number, window: Window): Bar {
  const span = window.to - window.from;
  if (!(span > 0)) return { left: 0, width: 100 };
  return { left: ((from - window.from) / span) * 100, width: (Math.max(0, to - from) / span) * 100 };
}

export function overlaps(from: number, to: number, window: Window): boolean {
  return to >= window.from && from <= window.to;
}

/** The window moved and shrunk as needed to lie within `whole`, and not shorter than can be drawn. */
export function within(window: Window, whole: Window): Window {
  const least = (whole.to - whole.from) / MOST_ZOOM;
  const length = Math.min(whole.to - whole.from, Math.max(least, window.to - window.from));
  const from = Math.max(whole.from, Math.min((window.from + window.to - length) / 2, whole.to - length));
  return { from, to: from + length };
}

/** A bar of the whole trace is then two million px long, still far from what browsers clamp. */
const MOST_ZOOM = 4_000;

/** Round moments for the ruler, at most `most` of them, the window's start among them when it is zero. */
export function ticks(window: Window, most: number): Tick[] {
  const span = window.to - window.from;
  if (!(span > 0) || most < 1) return [];
  const step = roundStep(span / most);
  const found: Tick[] = [];
  for (let n = Math.ceil(window.from / step - 1e-9) + 0; n * step <= window.to; n++) {
    found.push({ at: n * step, left: place(n * step, n * step, window).left });
  }
  return found;
}

/** The smallest of 1, 2, 5 × 10^k (and of a clock's steps above a minute) that is not below `least`. */
export function roundStep(least: number): number {
  for (const step of CLOCK) if (least > 30_000 && step >= least) return step;
  const scale = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (scale * factor >= least * (1 - 1e-9)) return scale * factor;
  return scale * 10;
}

const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * 60_000);

/** More stretches than this in one bar cannot be told apart on any screen. */
const MOST_STRETCHES = 60;

/** A CSS gradient over a span's bar: self time in `--solid`, children's time in `--tint`. */
export const fill = perRow((tree, row) =>
  tree.size[row] === 1 ? null : gradient(tree.start[row]!, tree.end[row]!, selfStretches(tree, row)),
);

/** A bar from `from` to `to` that is solid in the stretches, tinted between them. */
export function gradient(
  from: number,
  to: number,
  stretches: readonly (readonly [number, number])[],
): string | null {
  const length = to - from;
  if (!(length > 0)) return null;
  const stops: string[] = [];
  let cursor = 0;
  for (const [begin, end] of joined(stretches, length)) {
    const left = ((begin - from) / length) * 100;
    const right = ((end - from) / length) * 100;
    if (left > cursor) stops.push(`var(--tint) ${fixed(cursor)}% ${fixed(left)}%`);
    stops.push(`var(--solid) ${fixed(left)}% ${fixed(right)}%`);
    cursor = right;
  }
  if (cursor < 100) stops.push(`var(--tint) ${fixed(cursor)}% 100%`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

function joined(free: readonly (readonly [number, number])[], length: number): (readonly [number, number])[] {
  if (free.length <= MOST_STRETCHES) return [...free];
  const gap = length / MOST_STRETCHES;
  const merged: [number, number][] = [];
  for (const [from, to] of free) {
    const last = merged[merged.length - 1];
    if (last && from - last[1] < gap) last[1] = to;
    else merged.push([from, to]);
  }
  return merged;
}

/** The underline of the critical path on one bar: where, in percent of the whole waterfall. */
export function underline(segments: readonly Segment[], window: Window): Bar[] {
  const bars: Bar[] = [];
  const seen = segments.filter(({ from, to }) => overlaps(from, to, window));
  const all = seen.map(({ from, to }) => [from, to] as const);
  for (const [from, to] of joined(all, window.to - window.from)) bars.push(place(from, to, window));
  return bars;
}

/** Share of a log scale that a duration fills, so that 5 ms and 50 s can be compared in one column. */
export function logShare(ms: number | null, low: number, high: number): number {
  if (ms === null || !(ms > 0)) return 0;
  const floor = Math.max(low, 0.1);
  const ceiling = Math.max(high, floor * 10);
  const share = Math.log(Math.max(ms, floor) / floor) / Math.log(ceiling / floor);
  return Math.min(1, Math.max(0.04, 0.04 + share * 0.96));
}

/** Indent per level, shrinking with the depth so that the name keeps its room. */
export function indent(depth: number, width: number, room: number): number {
  const free = Math.max(0, width - room);
  return Math.min(depth * 12, free);
}

function fixed(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
