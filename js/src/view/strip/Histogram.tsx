/** Traces over time: bars with their failed share, the lines of p50 and p95, and a brush that edits the filter. */

import { type Signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type Brush, barAt, brushOf, heights, linePath, scaleOf, sumOf } from "../../model/bars";
import { count, duration, moment, plural } from "../../model/format";
import type { Action } from "../../model/keys";
import type { HistogramResult } from "../../wire/contract";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { drag } from "../dom";
import { useSize } from "../virtual";
import { handleKeys } from "./brushing";

/** Width of a bar with the gap behind it, in px. */
const BAR = 5;
const HEIGHT = 34;
const MOST_BARS = 160;

export function Histogram({ over }: { over: Signal<Brush | null> }) {
  const app = useApp();
  const { overview } = app;
  const self = useRef<HTMLDivElement>(null);
  const width = useSize(self).value.width;
  const dragged = useSignal<Brush | null>(null);
  const result = overview.histogram.value;
  const bars = result?.count.length ?? 0;
  const step = bars > 0 ? width / bars : BAR;
  const set = result && brushOf(result);
  const brush = dragged.value ?? set;

  useLayoutEffect(() => {
    if (width > 0) overview.bars.value = Math.min(MOST_BARS, Math.max(10, Math.floor(width / BAR)));
  }, [width, overview]);

  const apply = ({ first, last }: Brush): void => {
    if (!result) return;
    const { start_ms, width_ms } = result;
    void overview.brush(start_ms + first * width_ms, start_ms + (last + 1) * width_ms);
  };

  const keys = (action: Action): boolean => {
    if (bars === 0) return false;
    const now = over.value ?? set ?? { first: bars - 1, last: bars - 1 };
    const place = (bar: number): number => Math.max(0, Math.min(bars - 1, bar));
    const by = action === "left" || action === "extendUp" ? -1 : 1;
    if (action === "left" || action === "right") {
      const bar = over.value ? place((by < 0 ? now.first : now.last) + by) : now.last;
      over.value = { first: bar, last: bar };
    } else if (action === "extendUp") over.value = { ...now, first: place(now.first - 1) };
    else if (action === "extendDown") over.value = { ...now, last: place(now.last + 1) };
    else if (action === "open") apply(now);
    else if (action === "removeColumn") void overview.brush(null, null);
    else return false;
    return true;
  };
  useLayoutEffect(() => {
    if (self.current) handleKeys(self.current, keys);
  });

  const start = (event: PointerEvent): void => {
    if (bars === 0 || event.button !== 0) return;
    const { left } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const from = barAt(event.clientX - left, step, bars);
    dragged.value = { first: from, last: from };
    self.current?.focus({ preventScroll: true });
    drag(
      event,
      (move) => {
        const to = barAt(move.clientX - left, step, bars);
        dragged.value = { first: Math.min(from, to), last: Math.max(from, to) };
        over.value = dragged.value;
      },
      () => {
        const done = dragged.value;
        dragged.value = null;
        if (done) apply(done);
      },
    );
  };
  const hover = (event: PointerEvent): void => {
    if (bars === 0 || dragged.value) return;
    const bar = barAt(
      event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left,
      step,
      bars,
    );
    over.value = { first: bar, last: bar };
  };

  return (
    <div class="sg-histogram">
      <div
        ref={self}
        class={`sg-bars ${overview.old.value ? "sg-old" : ""}`}
        role="slider"
        aria-label="Traces over time"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bars - 1)}
        aria-valuenow={(over.value ?? set)?.first ?? 0}
        aria-valuetext={
          result && bars > 0 ? said(result, over.value ?? set ?? { first: 0, last: bars - 1 }) : "none"
        }
        tabIndex={0}
        data-pane="histogram"
        onPointerDown={start}
        onPointerMove={hover}
        onPointerLeave={() => (over.value = null)}
        onBlur={() => (over.value = null)}
      >
        {overview.barless.value && overview.old.value ? (
          <span class="sg-muted">{overview.barless.value}</span>
        ) : (
          result &&
          bars > 0 && <Picture result={result} width={width} step={step} brush={brush} over={over.value} />
        )}
      </div>
      {set && (
        <button
          type="button"
          class="sg-tool sg-any-time"
          title="Any time"
          aria-label="Any time"
          onClick={() => overview.brush(null, null)}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

interface PictureProps {
  readonly result: HistogramResult;
  readonly width: number;
  readonly step: number;
  readonly brush: Brush | null;
  readonly over: Brush | null;
}

function Picture({ result, width, step, brush, over }: PictureProps) {
  const most = Math.max(1, ...result.count);
  const all = heights(result.count, most, HEIGHT);
  const bad = heights(result.errors, most, HEIGHT);
  const scale = scaleOf(result);
  const within = (bar: number, range: Brush | null): boolean =>
    range !== null && bar >= range.first && bar <= range.last;
  const gap = step > 3 ? 1 : 0;
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      {brush && (
        <rect
          class="sg-brush"
          x={brush.first * step}
          width={Math.max(0, (brush.last - brush.first + 1) * step)}
          height={HEIGHT}
        />
      )}
      {over && (
        <rect
          class="sg-over"
          x={over.first * step}
          width={(over.last - over.first + 1) * step}
          height={HEIGHT}
        />
      )}
      {all.map((height, bar) => (
        <g key={bar} class={brush && !within(bar, brush) ? "sg-outside" : ""}>
          <rect class="sg-bar-all" x={bar * step} y={HEIGHT - height} width={step - gap} height={height} />
          <rect
            class="sg-bar-bad"
            x={bar * step}
            y={HEIGHT - bad[bar]!}
            width={step - gap}
            height={bad[bar]}
          />
        </g>
      ))}
      <path class="sg-p95" d={linePath(result.p95_ms, scale, step, HEIGHT)} />
      <path class="sg-p50" d={linePath(result.p50_ms, scale, step, HEIGHT)} />
    </svg>
  );
}

/** What is in some bars, in words. */
export function said(result: HistogramResult, over: Brush): string {
  const [all, bad] = sumOf(result, over);
  const failed = bad > 0 ? `, ${plural(bad, "error")}` : "";
  return `${timesOf(result, over)}: ${plural(all, "trace")}${failed}`;
}

export function timesOf({ start_ms, width_ms }: HistogramResult, { first, last }: Brush): string {
  const now = Date.now();
  return `${moment(start_ms + first * width_ms, now)} – ${moment(start_ms + (last + 1) * width_ms, now)}`;
}

/** The numbers beside the bars: of the bars under the pointer, else of all that the filter finds. */
export function Readout({ over }: { over: Signal<Brush | null> }) {
  const result = useApp().overview.histogram.value;
  if (!result || result.count.length === 0) return <div class="sg-readout" />;
  const at = over.value;
  if (at) {
    const [all, bad] = sumOf(result, at);
    const one = at.first === at.last;
    return (
      <div class="sg-readout">
        <span class="sg-muted">{timesOf(result, at)}</span>
        <span>
          <b>{count(all)}</b> {bad > 0 && <span class="sg-bad-text">{count(bad)} ! </span>}
          {one && all > 0 && (
            <span class="sg-muted">
              p50 {duration(result.p50_ms[at.first])} p95 {duration(result.p95_ms[at.first])}
            </span>
          )}
        </span>
      </div>
    );
  }
  return (
    <div class="sg-readout" title="Durations of all that the filter finds">
      <span>
        <i class="sg-key sg-key-50" /> <span class="sg-muted">p50</span> {duration(result.all_p50_ms)}
      </span>
      <span>
        <i class="sg-key sg-key-95" /> <span class="sg-muted">p95</span> {duration(result.all_p95_ms)}
      </span>
    </div>
  );
}
