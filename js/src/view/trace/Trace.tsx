/** The open trace as a waterfall: a tree on the left, time on the right. */

import { positionOf } from "../../model/tree";
import type { Open } from "../../state/trace";
import { useApp } from "../context";
import { Blank } from "../list/Empty";
import { useCursor, useVirtual } from "../virtual";
import { Ruler } from "./Ruler";
import { SpanRow } from "./SpanRow";
import { Summary } from "./Summary";

const HEADER = 24;
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
          <Waterfall open={open} />
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
  const rows = trace.rows.value;
  const rowHeight = ROW[screen.mode.value];
  const view = useVirtual(rows.length, rowHeight, HEADER);
  const cursor = trace.cursor.value;
  const at = positionOf(tree, rows, cursor);
  const window = { from: tree.from, to: tree.to > tree.from ? tree.to : tree.from + 1 };

  useCursor(view, {
    row: at,
    reveal: trace.reveal.value,
    call: screen.place.value === "trace" ? screen.focus.value : 0,
    find: (scroller) => scroller.querySelector<HTMLElement>(`[data-row="${rows[at]}"]`),
  });

  const drawn: number[] = [];
  if (at >= 0 && at < view.first) drawn.push(at);
  for (let row = view.first; row < view.end; row++) drawn.push(row);
  if (at >= view.end) drawn.push(at);

  return (
    <div
      ref={view.scroller}
      class="sg-scroller"
      onScroll={view.onScroll}
      role="treegrid"
      tabIndex={-1}
      aria-label={`Spans of ${open.result.name}`}
      aria-rowcount={tree.count}
    >
      <div class="sg-tall" style={{ height: `${view.height}px` }}>
        <div class="sg-window" style={{ height: `${view.pane.height}px`, "--row": `${rowHeight}px` }}>
          <Ruler window={window} width={view.pane.width} />
          <div class="sg-rows" role="rowgroup">
            {drawn.map((place) => (
              <SpanRow
                key={rows[place]}
                open={open}
                row={rows[place]!}
                y={view.y(place)}
                width={view.pane.width}
                window={window}
                current={place === at}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
