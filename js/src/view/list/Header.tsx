import { type Column, LEAST_WIDTH } from "../../model/columns";
import { isEmpty } from "../../model/selection";
import type { Cursor } from "../../state/list";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { drag } from "../dom";

export function Header({ columns, cursor }: { columns: readonly Column[]; cursor: Cursor }) {
  const { picks } = useApp();
  const here = (cell: number): 0 | -1 => (cursor.row === -1 && cursor.cell === cell ? 0 : -1);
  const some = !isEmpty(picks.selection.value);
  return (
    <div class="sg-row sg-head" role="row" data-row={-1} aria-rowindex={1}>
      <span
        role="columnheader"
        class="sg-cell sg-check"
        data-cell={0}
        tabIndex={here(0)}
        aria-label={some ? "Select nothing" : "Select all filtered"}
        title={some ? "Select nothing" : "Select all filtered (Ctrl+A)"}
        onClick={() => (some ? picks.none() : picks.all())}
      >
        <i class={`sg-tick ${some ? "sg-some" : ""}`} />
      </span>
      {columns.map((column, index) => (
        <HeaderCell
          key={`${column.extra}${column.id}`}
          column={column}
          cell={index + 1}
          tab={here(index + 1)}
        />
      ))}
    </div>
  );
}

function HeaderCell({ column, cell, tab }: { column: Column; cell: number; tab: 0 | -1 }) {
  const { list } = useApp();
  const order = list.order.value;
  const sorted = order.column === column.id ? order.direction : null;
  const resize = (event: PointerEvent): void => {
    const from = event.clientX;
    const width = (event.currentTarget as HTMLElement).parentElement?.offsetWidth ?? column.width;
    event.stopPropagation();
    let wide = width;
    drag(
      event,
      (move) => {
        wide = Math.max(LEAST_WIDTH, width + move.clientX - from);
        list.resize(column, wide, false);
      },
      () => list.resize(column, wide, true),
    );
  };
  return (
    <span
      role="columnheader"
      class={`sg-cell sg-${column.align} ${column.extra >= 0 ? "sg-extra" : ""}`}
      data-cell={cell}
      tabIndex={tab}
      title={`${column.hint}. Click to sort`}
      aria-sort={sorted === null ? "none" : sorted === "asc" ? "ascending" : "descending"}
      onClick={() => {
        list.go(-1, cell);
        list.sort(column);
      }}
    >
      <span class="sg-title">{column.title}</span>
      {sorted && (
        <i class={`sg-arrow ${sorted === "asc" ? "sg-up" : ""} ${order.written ? "" : "sg-faint"}`} />
      )}
      {column.extra >= 0 && (
        <button
          type="button"
          class="sg-remove"
          tabIndex={-1}
          title="Remove the column"
          aria-label={`Remove the column ${column.title}`}
          onClick={(event) => {
            event.stopPropagation();
            list.removeColumn(column);
          }}
        >
          <Icon name="close" />
        </button>
      )}
      {!column.grows && (
        <i class="sg-grip" onPointerDown={resize} onClick={(event) => event.stopPropagation()} />
      )}
    </span>
  );
}
