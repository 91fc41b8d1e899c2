import type { ComponentChildren } from "preact";
import type { Column } from "../../model/columns";
import { compact, duration, exact, MISSING, moment, preview } from "../../model/format";
import { logShare } from "../../model/layout";
import { rowKey } from "../../model/selection";
import type { Target } from "../../wire/contract";
import type { Place } from "../../wire/pages";
import { Badge } from "../chrome/Badge";
import { useApp } from "../context";
import { Value } from "../menu/Value";

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
  if (!place) {
    return (
      <div class="sg-row sg-waiting" role="row" data-row={row} aria-rowindex={row + 2} style={style}>
        {[null, ...columns].map((column, index) => (
          <span
            key={column?.id ?? ""}
            role="gridcell"
            class="sg-cell"
            data-cell={index}
            tabIndex={cell === index ? 0 : -1}
          >
            {index > 0 && <i style={{ width: `${30 + ((row * 37 + index * 61) % 50)}%` }} />}
          </span>
        ))}
      </div>
    );
  }
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
        class="sg-cell sg-check"
        data-cell={0}
        tabIndex={cell === 0 ? 0 : -1}
        aria-label={chosen ? "selected" : "not selected"}
        onClick={pick}
      >
        <i class={`sg-tick ${chosen ? "sg-on" : ""}`} />
      </span>
      {columns.map((column, n) => (
        <Cell
          key={`${column.extra}${column.id}`}
          column={column}
          place={place}
          cell={n + 1}
          tab={cell === n + 1 ? 0 : -1}
        />
      ))}
    </div>
  );
}

interface CellProps {
  readonly column: Column;
  readonly place: Place;
  readonly cell: number;
  readonly tab: 0 | -1;
}

/** How the language calls the fixed columns. */
const FIELDS: Readonly<Record<string, string>> = {
  time: "timestamp_ms",
  name: "name",
  duration: "duration",
  tokens: "tokens",
  status: "status",
};

function Cell({ column, place, cell, tab }: CellProps) {
  const { rows, index } = place;
  const spanId = rows.span_id[index];
  const target = (path: Target["path"], value: unknown): Target => ({
    trace_id: rows.trace_id[index] ?? null,
    ...(spanId ? { span: { span_id: spanId, name: rows.name[index] ?? "" } } : {}),
    path,
    value,
  });
  const whole = (value: unknown, text: ComponentChildren, title?: string) => (
    <Value target={target([FIELDS[column.id] ?? column.id], value)} title={title ?? ""}>
      {text}
    </Value>
  );
  return (
    <span
      role="gridcell"
      class={`sg-cell sg-c-${column.extra < 0 ? column.id : "extra"} sg-${column.align}`}
      data-cell={cell}
      tabIndex={tab}
    >
      {column.extra >= 0 ? (
        <Extra
          value={rows.cells[column.extra]?.[index]}
          target={(value) => target(["column", column.id], value)}
        />
      ) : (
        fixed()
      )}
    </span>
  );

  function fixed(): ComponentChildren {
    switch (column.id) {
      case "time": {
        const ms = rows.time_ms[index] ?? null;
        return whole(ms, moment(ms, Date.now()), exact(ms));
      }
      case "name":
        return (
          <>
            <Badge type={rows.type[index] ?? ""} />
            {whole(rows.name[index], rows.name[index] || MISSING, rows.name[index])}
          </>
        );
      case "duration":
        return <Duration place={place} whole={whole} />;
      case "tokens": {
        const tokens = rows.tokens[index] ?? null;
        return whole(tokens, compact(tokens));
      }
      default: {
        const errors = rows.errors[index] ?? 0;
        const status = rows.status[index] ?? "";
        const text = errors > 1 ? `${compact(errors)}!` : errors === 1 || status === "ERROR" ? "!" : "";
        const title = errors > 0 ? `${status}, ${errors} failed` : status;
        return whole(
          status,
          <b class="sg-bang">{text || (status === "IN_PROGRESS" ? "…" : "\u00a0")}</b>,
          title,
        );
      }
    }
  }
}

type Whole = (value: unknown, text: ComponentChildren, title?: string) => ComponentChildren;

function Duration({ place, whole }: { place: Place; whole: Whole }) {
  const { results } = useApp();
  const ms = place.rows.duration_ms[place.index] ?? null;
  const [low, high] = results.answer.value?.pages.scale ?? [1, 10];
  const running = ms === null;
  return (
    <>
      <i class={`sg-meter ${running ? "sg-running" : ""}`}>
        <i style={{ width: `${logShare(ms, low, high) * 100}%` }} />
      </i>
      {whole(ms, duration(ms), running ? "still running" : `${ms} ms`)}
    </>
  );
}

function Extra({ value, target }: { value: unknown; target: (value: unknown) => Target }) {
  const missing = value === null || value === undefined;
  const numeric = typeof value === "number";
  return (
    <Value
      target={target(value)}
      class={missing ? "sg-none" : numeric ? "sg-number" : ""}
      title={preview(value, 400)}
    >
      {preview(value, 120)}
    </Value>
  );
}
