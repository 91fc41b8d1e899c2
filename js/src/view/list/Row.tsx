import type { Column } from "../../model/columns";
import { rowKey } from "../../model/selection";
import { useApp } from "../context";
import { cellIn } from "./Cell";

interface Props {
  readonly row: number;
  readonly y: number;
  readonly columns: readonly Column[];
  /** the cell with the cursor, -1 when it is in another row */
  readonly cell: number;
}

export function Row({ row, y, columns, cell }: Props) {
  const app = useApp();
  const { list, picks, results, trace, screen } = app;
  const place = results.row(row);
  const style = { transform: `translateY(${y}px)` };
  if (!place) return waiting({ row, columns, cell }, style);
  const { rows, index } = place;
  const key = rowKey(rows.trace_id[index]!, rows.span_id[index]);
  const chosen = picks.has.value(key);
  const open = trace.id.value === rows.trace_id[index];
  const bad = (rows.errors[index] ?? 0) > 0 || rows.status[index] === "ERROR";
  const pick = (event: MouseEvent): void => {
    event.stopPropagation();
    if (event.shiftKey) list.rangeTo(row);
    else list.pick(row);
    list.go(row, 0);
  };
  return (
    <div
      class={`sg-row ${open ? "sg-open" : ""} ${chosen ? "sg-picked" : ""} ${bad ? "sg-bad" : ""}`}
      role="row"
      data-row={row}
      aria-rowindex={row + 2}
      aria-selected={chosen}
      style={style}
      onClick={(event) => {
        const clicked = (event.target as Element).closest<HTMLElement>("[data-cell]");
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          pick(event);
          return;
        }
        list.go(row, Number(clicked?.dataset.cell ?? 2));
        app.openRow(row);
        if (screen.mode.value === "one") screen.look("trace");
      }}
    >
      <span
        role="gridcell"
        class="sg-cell sg-check sg-pinned"
        data-cell={0}
        tabIndex={cell === 0 ? 0 : -1}
        aria-label={chosen ? "selected" : "not selected"}
        onClick={pick}
      >
        <i class={`sg-tick ${chosen ? "sg-on" : ""}`} />
      </span>
      {columns.map((column, n) => cellIn(app, { column, place, cell: n + 1, tab: cell === n + 1 ? 0 : -1 }))}
    </div>
  );
}

/** A row that is still to come. Its elements stand as in one that came, so that they can become it. */
function waiting({ row, columns, cell }: Omit<Props, "y">, style: { transform: string }) {
  return (
    <div class="sg-row sg-waiting" role="row" data-row={row} aria-rowindex={row + 2} style={style}>
      <span role="gridcell" class="sg-cell sg-pinned" data-cell={0} tabIndex={cell === 0 ? 0 : -1} />
      {columns.map((column, n) => (
        <span
          key={`${column.extra}${column.id}`}
          role="gridcell"
          class={`sg-cell ${column.pinned ? "sg-pinned" : ""}`}
          style={column.pinned ? { left: `${column.stays}px` } : {}}
          data-cell={n + 1}
          tabIndex={cell === n + 1 ? 0 : -1}
        >
          <i style={{ width: `${30 + ((row * 37 + n * 61) % 50)}%` }} />
        </span>
      ))}
    </div>
  );
}
