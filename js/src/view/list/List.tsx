/** The list of what was found: a virtual grid, driven by keys, that only draws what is on the screen. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { leastWidth, tracks } from "../../model/columns";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { More } from "../More";
import { useCursor, useVirtual } from "../virtual";
import { Empty } from "./Empty";
import { Header } from "./Header";
import { Row } from "./Row";

const HEADER = 24;
const ROW = { one: 38, two: 24, three: 24 } as const;

export function List() {
  const app = useApp();
  const { list, results, screen, live } = app;
  const rowHeight = ROW[screen.mode.value];
  const total = results.total.value;
  const view = useVirtual(total, rowHeight, HEADER);
  const columns = list.columns.value;
  const width = leastWidth(columns);
  const held = Math.max(...columns.map((column) => (column.pinned ? column.stays + column.least : 28)), 28);
  const cursor = list.cursor.value;
  const version = results.version.value;

  useEffect(() => {
    results.want(view.first, view.end);
  }, [results, view.first, view.end, version]);

  const atTop = view.y(0) === 0;
  useEffect(() => {
    live.top.value = atTop;
  }, [live, atTop]);

  useCursor(view, {
    row: cursor.row,
    name: cursor.row,
    reveal: list.reveal.value,
    call: screen.place.value === "list" ? screen.focus.value : 0,
    find(scroller, moved) {
      if (list.heading.peek() !== null) return null;
      const cell = scroller.querySelector<HTMLElement>(
        `[data-row="${cursor.row}"] [data-cell="${cursor.cell}"]`,
      );
      if (moved) cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
      return cell;
    },
  });

  // A column that was just added stands at the right: show that it came.
  const before = useRef(columns.length);
  useLayoutEffect(() => {
    if (columns.length > before.current) view.scroller.current?.scrollTo({ left: width });
    before.current = columns.length;
  });

  const drawn: number[] = [];
  // The row with the cursor stays mounted off the screen, or the focus would be lost by scrolling.
  if (cursor.row >= 0 && cursor.row < view.first) drawn.push(cursor.row);
  for (let row = view.first; row < view.end; row++) drawn.push(row);
  if (cursor.row >= view.end && cursor.row < total) drawn.push(cursor.row);

  /** However a cell got the focus, by a press or a screen reader, the cursor is there. */
  const followFocus = (target: Element): void => {
    const row = Number(target.closest<HTMLElement>("[data-row]")?.dataset.row ?? cursor.row);
    const cell = Number(target.closest<HTMLElement>("[data-cell]")?.dataset.cell ?? cursor.cell);
    if (row !== cursor.row || cell !== cursor.cell) list.cursor.value = { row, cell };
  };

  return (
    <div class="sg-list" data-pane="list">
      <div
        ref={view.scroller}
        class="sg-scroller"
        onScroll={(event) => {
          view.onScroll();
          event.currentTarget.toggleAttribute("data-aside", event.currentTarget.scrollLeft > 0);
        }}
        style={{ scrollPaddingLeft: `${held}px` }}
        onFocusIn={(event) => followFocus(event.target as Element)}
        role="grid"
        tabIndex={-1}
        aria-label={app.rows.value === "spans" ? "Spans" : "Traces"}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-busy={app.filter.running.value}
      >
        <div class="sg-tall" style={{ height: `${view.height}px`, minWidth: `${width}px` }}>
          <div
            class="sg-window"
            style={{
              height: `${view.pane.height}px`,
              "--tracks": tracks(columns),
              "--row": `${rowHeight}px`,
            }}
          >
            <Header columns={columns} cursor={cursor} />
            <div class="sg-rows" role="rowgroup">
              {drawn.map((row) => (
                <Row
                  key={view.key(row)}
                  row={row}
                  y={view.y(row)}
                  columns={columns}
                  cell={cursor.row === row ? cursor.cell : -1}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
      <button
        type="button"
        class="sg-tool sg-add"
        tabIndex={-1}
        title="Add a column (+)"
        aria-label="Add a column"
        onClick={() => {
          list.heading.value = "add";
        }}
      >
        <Icon name="plus" />
      </button>
      {live.arrived.value && (
        <button
          type="button"
          class="sg-fix sg-new"
          onClick={() => view.scroller.current?.scrollTo({ top: 0 })}
        >
          ↑ {live.arrived.value} new
        </button>
      )}
      {list.heading.value && <More part="ColumnMenu" />}
      {total === 0 && <Empty />}
      {results.failure.value && (
        <div class="sg-strip sg-error" role="alert">
          <span class="sg-said">{results.failure.value}</span>
          <button type="button" class="sg-fix" onClick={() => results.want(view.first, view.end)}>
            try again
          </button>
        </div>
      )}
    </div>
  );
}
