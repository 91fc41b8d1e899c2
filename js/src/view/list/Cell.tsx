/** One value of one row, in the way its column writes it. Functions and no components: see `valueIn`. */

import type { ComponentChildren } from "preact";
import type { Column } from "../../model/columns";
import { compact, duration, exact, MISSING, moment, number, preview, visible } from "../../model/format";
import { logShare } from "../../model/layout";
import type { App } from "../../state/app";
import type { JsonStep } from "../../wire/contract";
import type { Place } from "../../wire/pages";
import { Badge } from "../chrome/Badge";
import { valueIn } from "../menu/Value";

/** Of a number that is not whole; all of them stand in the tooltip. */
const CELL_DIGITS = 6;

interface Props {
  readonly column: Column;
  readonly place: Place;
  readonly cell: number;
  readonly tab: 0 | -1;
}

export function cellIn(app: App, { column, place, cell, tab }: Props) {
  const name = column.extra < 0 ? column.id : "extra";
  const content = CONTENTS[name] ?? extra;
  return (
    <span
      key={`${column.extra}${column.id}`}
      role="gridcell"
      class={`sg-cell sg-c-${name} sg-${column.align} ${column.pinned ? "sg-pinned" : ""}`}
      style={column.pinned ? { left: `${column.stays}px` } : {}}
      data-cell={cell}
      tabIndex={tab}
    >
      {content(app, place, column)}
    </span>
  );
}

type Content = (app: App, place: Place, column: Column) => ComponentChildren;

const CONTENTS: Readonly<Record<string, Content>> = {
  time,
  name,
  duration: length,
  tokens: (app, place) => tokens(app, place, ""),
  status,
};

interface Field {
  readonly path: readonly JsonStep[];
  readonly value: unknown;
  readonly title?: string;
  readonly class?: string;
}

/** A value of the row's trace, or of its span where rows are spans. */
function field(
  app: App,
  { rows, index }: Place,
  { path, value, title, class: name }: Field,
  children: ComponentChildren,
) {
  const spanId = rows.span_id[index];
  const target = {
    trace_id: rows.trace_id[index] ?? null,
    ...(spanId ? { span: { span_id: spanId, name: rows.name[index] ?? "" } } : {}),
    path,
    value,
  };
  return valueIn(app, { target, title: title ?? "", class: name ?? "", children });
}

function time(app: App, place: Place) {
  const ms = place.rows.time_ms[place.index] ?? null;
  const said = { path: ["timestamp_ms"], value: ms, title: exact(ms) };
  return field(app, place, said, moment(ms, Date.now()));
}

function tokens(app: App, place: Place, unit: string) {
  const value = place.rows.tokens[place.index] ?? null;
  return field(app, place, { path: ["tokens"], value }, compact(value) + unit);
}

function name(app: App, place: Place) {
  const value = place.rows.name[place.index] ?? "";
  const named = field(app, place, { path: ["name"], value, title: value }, visible(value) || MISSING);
  const badge = Badge({ type: place.rows.type[place.index] ?? "" });
  return (
    <>
      {badge}
      {app.screen.mode.value === "one" ? (
        <span class="sg-stacked">
          {named}
          <small>
            {time(app, place)}
            {tokens(app, place, " tok")}
          </small>
        </span>
      ) : (
        named
      )}
    </>
  );
}
function length(app: App, place: Place) {
  const ms = place.rows.duration_ms[place.index] ?? null;
  const [low, high] = app.results.answer.value?.pages.scale ?? [1, 10];
  const said = { path: ["duration"], value: ms, title: ms === null ? "still running" : `${ms} ms` };
  return (
    <>
      <i class="sg-meter">
        <i
          class={ms === null ? "sg-running" : ""}
          style={{ width: ms === null ? "100%" : `${logShare(ms, low, high) * 100}%` }}
        />
      </i>
      {field(app, place, said, duration(ms))}
    </>
  );
}

function status(app: App, place: Place) {
  const { rows, index } = place;
  const errors = rows.errors[index] ?? 0;
  const value = rows.status[index] ?? "";
  const bad = errors > 0 || value === "ERROR";
  const text = bad ? `${errors > 1 ? compact(errors) : ""}!` : value === "IN_PROGRESS" ? "…" : "\u00a0";
  const title = errors > 0 ? `${value}, ${errors} failed` : value;
  return field(app, place, { path: ["status"], value, title, class: "sg-bang" }, text);
}

function extra(app: App, place: Place, column: Column) {
  const values = app.list.cells(column, place.rows);
  if (!values) return <i class="sg-coming" />;
  const value = values[place.index];
  const missing = value === null || value === undefined;
  return field(
    app,
    place,
    {
      path: ["column", column.id],
      value,
      class: missing ? "sg-none" : "",
      title: preview(value, 400),
    },
    typeof value === "number" ? number(value, CELL_DIGITS) : preview(value, 120),
  );
}
