/** The head of the list: a click sorts, dragging a title moves its column, dragging its edge makes it wider. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type Column, LEAST_WIDTH } from "../../model/columns";
import { isEmpty } from "../../model/selection";
import type { Cursor } from "../../state/list";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { drag } from "../dom";

/** Px that a title is pressed and moved before its column moves. */
const SLACK = 5;

export function Header({ columns, cursor }: { columns: readonly Column[]; cursor: Cursor }) {
  const { picks, list } = useApp();
  const here = (cell: number): 0 | -1 => (cursor.row === -1 && cursor.cell === cell ? 0 : -1);
  const some = !isEmpty(picks.selection.value);
  /** the column that is dragged, and where it would go */
  const move = useSignal<{ from: number; to: number } | null>(null);
  const moved = useRef(false);

  const press = (event: PointerEvent, from: number): void => {
    const head = (event.currentTarget as HTMLElement).parentElement;
    if (!head || event.button !== 0 || (event.target as Element).closest("button")) return;
    moved.current = false;
    drag(
      event,
      (now) => {
        if (!move.value && Math.abs(now.clientX - event.clientX) < SLACK) return;
        moved.current = true;
        move.value = { from, to: columnAt(head, now.clientX, columns.length) };
      },
      () => {
        const column = columns[from];
        if (move.value && column) list.moveColumn(column, move.value.to);
        move.value = null;
      },
    );
  };

  const mark = (place: number): string => {
    const now = move.value;
    if (!now) return "";
    if (now.from === place) return "sg-dragged";
    return now.to === place ? (now.to > now.from ? "sg-drop-after" : "sg-drop-before") : "";
  };

  return (
    <div class="sg-row sg-head" role="row" data-row={-1} aria-rowindex={1}>
      <span
        role="columnheader"
        class="sg-cell sg-check sg-pinned"
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
          mark={mark(index)}
          press={(event) => press(event, index)}
          sort={() => !moved.current && list.sort(column)}
        />
      ))}
    </div>
  );
}

/** The column whose title is nearest to a place on the screen. */
function columnAt(head: HTMLElement, x: number, columns: number): number {
  const cells = [...head.children].slice(1, columns + 1);
  const past = cells.filter((cell) => cell.getBoundingClientRect().left <= x);
  return Math.max(0, past.length - 1);
}

interface Props {
  readonly column: Column;
  readonly cell: number;
  readonly tab: 0 | -1;
  readonly mark: string;
  readonly press: (event: PointerEvent) => void;
  readonly sort: () => void;
}

function HeaderCell({ column, cell, tab, mark, press, sort }: Props) {
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
  const arrow = sorted && (
    <i class={`sg-arrow ${sorted === "asc" ? "sg-up" : ""} ${order.written ? "" : "sg-faint"}`} />
  );
  return (
    <span
      role="columnheader"
      class={`sg-cell sg-${column.align} ${column.extra >= 0 ? "sg-extra" : ""} ${column.pinned ? "sg-pinned" : ""} ${mark}`}
      style={column.pinned ? { left: `${column.stays}px` } : {}}
      data-cell={cell}
      tabIndex={tab}
      title={`${column.hint}. Click to sort, drag to move, . for more`}
      aria-label={column.title}
      aria-sort={sorted === null ? "none" : sorted === "asc" ? "ascending" : "descending"}
      onPointerDown={press}
      onClick={() => {
        list.go(-1, cell);
        sort();
      }}
    >
      <span class="sg-title">{column.title}</span>
      {arrow}
      <button
        type="button"
        class="sg-tool sg-heading"
        tabIndex={-1}
        title="Pin, move, hide …"
        aria-label={`More for the column ${column.title}`}
        aria-haspopup="menu"
        onClick={(event) => {
          event.stopPropagation();
          list.cursor.value = { row: -1, cell };
          list.heading.value = column;
        }}
      >
        <Icon name="fold" />
      </button>
      <i class="sg-grip" onPointerDown={resize} onClick={(event) => event.stopPropagation()} />
    </span>
  );
}
