/** The whole trace in little, and which part of it is on the screen; a drag shows another part. */

import { useMemo } from "preact/hooks";
import { duration } from "../model/format";
import { place, type Window } from "../model/layout";
import { COLUMNS, LANES, minimap } from "../model/minimap";
import type { Tree } from "../model/tree";
import type { Open } from "../state/traces";
import { useApp } from "../view/context";
import { ERROR } from "../view/trace/SpanRow";
import { useStretch } from "../view/trace/stretch";

export function Minimap({ open, drawn }: { open: Open; drawn: Tree }) {
  const { zoom } = useApp().trace;
  const { status } = open.result.spans;
  const map = useMemo(() => minimap(drawn, (row) => status[row] === ERROR), [drawn, status]);
  const window = zoom.window.value;
  const whole = zoom.whole.value;
  const seen = place(window.from, window.to, whole);
  const stretch = useStretch(whole);
  const shown = stretch.marked ?? null;
  const lanes = Math.min(LANES, Math.max(1, drawn.count));
  return (
    <div class="sg-map-row">
      <span class="sg-tools">
        {zoom.zoomed.value ? (
          <>
            <span class="sg-range">{range(window, zoom.bend.value?.back, zoom.compressed.value)}</span>
            <button type="button" class="sg-fix" title="The whole trace (0)" onClick={zoom.fit}>
              fit
            </button>
          </>
        ) : (
          <Levels />
        )}
      </span>
      <div class="sg-map" onPointerDown={stretch.press} title="Drag to zoom" aria-hidden="true">
        <svg
          viewBox={`0 0 ${COLUMNS} ${lanes}`}
          preserveAspectRatio="none"
          width="100%"
          height="100%"
          aria-hidden="true"
        >
          <path class="sg-map-held" d={map.held} />
          <path class="sg-map-ran" d={map.ran} />
          <path class="sg-map-failed" d={map.failed} />
        </svg>
        {zoom.zoomed.value && (
          <>
            <i class="sg-shade" style={{ left: 0, width: `${seen.left}%` }} />
            <i class="sg-shade" style={{ left: `${seen.left + seen.width}%`, right: 0 }} />
          </>
        )}
        {shown && <i class="sg-marked" style={{ left: `${shown.left}%`, width: `${shown.width}%` }} />}
      </div>
    </div>
  );
}

function range({ from, to }: Window, back: ((at: number) => number) | undefined, bent: boolean): string {
  const real = (at: number): number => (bent && back ? back(at) : at);
  return `${duration(real(from))} – ${duration(real(to))}`;
}

/** How deep the tree is open, for those who don't know the keys. */
function Levels() {
  const { trace } = useApp();
  return (
    <>
      <span class="sg-muted">levels</span>
      <button
        type="button"
        class="sg-tool"
        title="One level less (<)"
        aria-label="One level less"
        onClick={() => trace.levels(-1)}
      >
        −
      </button>
      <button
        type="button"
        class="sg-tool"
        title="One level more (>)"
        aria-label="One level more"
        onClick={() => trace.levels(1)}
      >
        +
      </button>
    </>
  );
}
