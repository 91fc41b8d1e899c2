/** Where things lie in the waterfall, in percent of its width. No DOM. */

import type { Segment } from "./critical";
import { selfStretches } from "./selftime";
import type { Tree } from "./tree";

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

export function place(from: number, to: number, window: Window): Bar {
  const span = window.to - window.from;
  if (!(span > 0)) return { left: 0, width: 100 };
  const left = percent((from - window.from) / span);
  const right = percent((to - window.from) / span);
  return { left, width: Math.max(0, right - left) };
}

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
export function fill(tree: Tree, row: number): string | null {
  if (tree.size[row] === 1) return null;
  const from = tree.start[row]!;
  const length = tree.end[row]! - from;
  if (!(length > 0)) return null;
  const stops: string[] = [];
  let cursor = 0;
  for (const [begin, end] of joined(selfStretches(tree, row), length)) {
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
  for (const segment of segments.slice(0, MOST_STRETCHES)) bars.push(place(segment.from, segment.to, window));
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

function percent(share: number): number {
  return Math.min(100, Math.max(0, share * 100));
}

function fixed(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
