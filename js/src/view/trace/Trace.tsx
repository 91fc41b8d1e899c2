/** The open trace as a waterfall: a tree on the left, time on the right. */

import { visible } from "../../model/format";
import type { Open } from "../../state/traces";
import { useApp } from "../context";
import { Blank } from "../list/Empty";
import { More } from "../More";
import { useCursor, useVirtual } from "../virtual";
import { GroupRow } from "./GroupRow";
import { Ruler } from "./Ruler";
import { SpanRow } from "./SpanRow";
import { Summary } from "./Summary";

const HEADER = 24;
/** Px that the minimap takes above the ruler. */
const MAP_HEIGHT = 26;
/** A trace of more spans than this is seen as a whole in a minimap. */
const MAPPED = 40;
const ROW = { one: 38, two: 24, three: 24 } as const;

export function Trace() {
  const { trace } = useApp();
  const open = trace.open.value;
  const status = trace.status.value;
  return (
    <div class={`sg-trace ${status === "loading" ? "sg-dim" : ""}`} data-pane="trace">
      {status === "failed" ? (
        <Blank title="The trace could not be opened" text={trace.failure.value} />
      ) : open ? (
        <>
          <Summary result={open.result} />
          {trace.tab.value === "Tree" ? <Waterfall open={open} /> : <More part="Graph" pane open={open} />}
        </>
      ) : (
        <Blank
          title={status === "loading" ? "Loading…" : "No trace open"}
          text={status === "loading" ? "" : "Click a row, or press Enter on it, to see where its time went."}
        />
      )}
    </div>
  );
}

function Waterfall({ open }: { open: Open }) {
  const { trace, screen } = useApp();
  const { tree } = open;
  const { zoom } = trace;
  const lines = trace.lines.value;
  const rowHeight = ROW[screen.mode.value];
  const mapped = tree.count > MAPPED || zoom.zoomed.value;
  const header = HEADER + (mapped ? MAP_HEIGHT : 0);
  const view = useVirtual(lines.length, rowHeight, header);
  const at = trace.at.value;
  const drawn = zoom.drawn.value ?? tree;
  const window = zoom.window.value;

  useCursor(view, {
    row: at,
    name: lines[at],
    reveal: trace.reveal.value,
    call: screen.place.value === "trace" ? screen.focus.value : 0,
    find: (scroller) => scroller.querySelector<HTMLElement>(`[data-row="${lines[at]}"]`),
  });

  const places: number[] = [];
  if (at >= 0 && at < view.first) places.push(at);
  for (let place = view.first; place < view.end; place++) places.push(place);
  if (at >= view.end) places.push(at);

  return (
    <div ref={view.scroller} class="sg-scroller" onScroll={view.onScroll}>
      <div class="sg-tall" style={{ height: `${view.height}px` }}>
        <div
          class="sg-window"
          style={{ height: `${view.pane.height}px`, "--row": `${rowHeight}px`, "--head": `${header}px` }}
        >
          {mapped && <More part="Minimap" open={open} drawn={drawn} />}
          <Ruler window={window} width={view.pane.width} />
          <div
            class="sg-rows"
            role="treegrid"
            tabIndex={-1}
            aria-label={`Spans of ${visible(open.result.name)}`}
            aria-rowcount={tree.count}
          >
            {places.map((place) => {
              const Line = lines[place]! < 0 ? GroupRow : SpanRow;
              return (
                <Line
                  key={lines[place]}
                  open={open}
                  drawn={drawn}
                  line={lines[place]!}
                  y={view.y(place)}
                  width={view.pane.width}
                  window={window}
                  current={place === at}
                />
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}
