/** One value of one row, in the way its column writes it. */

import type { ComponentChildren } from "preact";
import type { Column } from "../../model/columns";
import { compact, duration, exact, MISSING, moment, number, preview, visible } from "../../model/format";
import { logShare } from "../../model/layout";
import type { JsonStep } from "../../wire/contract";
import type { Place } from "../../wire/pages";
import { Badge } from "../chrome/Badge";
import { useApp } from "../context";
import { Value } from "../menu/Value";

/** Of a number that is not whole; all of them stand in the tooltip. */
const CELL_DIGITS = 6;

interface Props {
  readonly column: Column;
  readonly place: Place;
  readonly cell: number;
  readonly tab: 0 | -1;
}

export function Cell({ column, place, cell, tab }: Props) {
  const name = column.extra < 0 ? column.id : "extra";
  const Content = CONTENTS[name] ?? Extra;
  return (
    <span
      role="gridcell"
      class={`sg-cell sg-c-${name} sg-${column.align} ${column.pinned ? "sg-pinned" : ""}`}
      style={column.pinned ? { left: `${column.stays}px` } : {}}
      data-cell={cell}
      tabIndex={tab}
    >
      <Content column={column} place={place} />
    </span>
  );
}

interface ContentProps {
  readonly column: Column;
  readonly place: Place;
}

const CONTENTS: Readonly<Record<string, (props: ContentProps) => ComponentChildren>> = {
  time: Time,
  name: Name,
  duration: Duration,
  tokens: Tokens,
  status: Status,
};

interface FieldProps {
  readonly place: Place;
  readonly path: readonly JsonStep[];
  readonly value: unknown;
  readonly title?: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A value of the row's trace, or of its span where rows are spans. */
function Field({ place: { rows, index }, path, value, title, class: name, children }: FieldProps) {
  const spanId = rows.span_id[index];
  const target = {
    trace_id: rows.trace_id[index] ?? null,
    ...(spanId ? { span: { span_id: spanId, name: rows.name[index] ?? "" } } : {}),
    path,
    value,
  };
  return (
    <Value target={target} title={title ?? ""} class={name ?? ""}>
      {children}
    </Value>
  );
}

function Time({ place }: { place: Place }) {
  const ms = place.rows.time_ms[place.index] ?? null;
  return (
    <Field place={place} path={["timestamp_ms"]} value={ms} title={exact(ms)}>
      {moment(ms, Date.now())}
    </Field>
  );
}

function Tokens({ place, unit }: { place: Place; unit?: string }) {
  const tokens = place.rows.tokens[place.index] ?? null;
  return (
    <Field place={place} path={["tokens"]} value={tokens}>
      {compact(tokens)}
      {unit}
    </Field>
  );
}

function Name({ place }: ContentProps) {
  const { screen } = useApp();
  const name = place.rows.name[place.index] ?? "";
  const field = (
    <Field place={place} path={["name"]} value={name} title={name}>
      {visible(name) || MISSING}
    </Field>
  );
  return (
    <>
      <Badge type={place.rows.type[place.index] ?? ""} />
      {screen.mode.value === "one" ? (
        <span class="sg-stacked">
          {field}
          <small>
            <Time place={place} />
            <Tokens place={place} unit=" tok" />
          </small>
        </span>
      ) : (
        field
      )}
    </>
  );
}

function Duration({ place }: ContentProps) {
  const { results } = useApp();
  const ms = place.rows.duration_ms[place.index] ?? null;
  const [low, high] = results.answer.value?.pages.scale ?? [1, 10];
  return (
    <>
      <i class="sg-meter">
        <i
          class={ms === null ? "sg-running" : ""}
          style={{ width: ms === null ? "100%" : `${logShare(ms, low, high) * 100}%` }}
        />
      </i>
      <Field place={place} path={["duration"]} value={ms} title={ms === null ? "still running" : `${ms} ms`}>
        {duration(ms)}
      </Field>
    </>
  );
}

function Status({ place: { rows, index }, place }: ContentProps) {
  const errors = rows.errors[index] ?? 0;
  const status = rows.status[index] ?? "";
  const bad = errors > 0 || status === "ERROR";
  const text = bad ? `${errors > 1 ? compact(errors) : ""}!` : status === "IN_PROGRESS" ? "…" : "\u00a0";
  return (
    <Field
      place={place}
      path={["status"]}
      value={status}
      title={errors > 0 ? `${status}, ${errors} failed` : status}
      class="sg-bang"
    >
      {text}
    </Field>
  );
}

function Extra({ column, place }: ContentProps) {
  const values = useApp().list.cells(column, place.rows);
  if (!values) return <i class="sg-coming" />;
  const value = values[place.index];
  const missing = value === null || value === undefined;
  return (
    <Field
      place={place}
      path={["column", column.id]}
      value={value}
      class={missing ? "sg-none" : ""}
      title={preview(value, 400)}
    >
      {typeof value === "number" ? number(value, CELL_DIGITS) : preview(value, 120)}
    </Field>
  );
}
