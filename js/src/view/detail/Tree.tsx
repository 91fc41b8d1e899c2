/** A JSON value as a tree that folds; every leaf can become a filter or a column. */

import { preview, visible } from "../../model/format";
import { flatten, type JsonRow, STEP } from "../../model/json";
import type { JsonStep, SpanResult } from "../../wire/contract";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { Value } from "../menu/Value";
import { Text } from "./Text";

interface Props {
  readonly span: SpanResult;
  readonly value: unknown;
  readonly root: readonly JsonStep[];
  /** without a row for the value itself */
  readonly bare?: boolean;
  readonly label?: string;
}

/** Texts longer than this take their own lines. */
const INLINE = 90;

export function Tree({ span, value, root, bare, label }: Props) {
  const { detail } = useApp();
  const folds = { toggled: detail.toggled.value, shown: detail.shown.value, fetched: detail.fetched.value };
  const rows = flatten(value, root, folds, detail.cuts.value);
  // A tree without a row of its own cannot be unfolded, so an empty container keeps it.
  const shown = bare && rows.length > 1 ? rows.slice(1) : rows;
  const shift = bare && rows.length > 1 ? 1 : 0;
  return (
    <div class="sg-json">
      {shown.map((row) => (
        <Line
          key={row.id}
          span={span}
          row={row}
          depth={row.depth - shift}
          label={row.key === null ? (label ?? "") : String(row.key)}
        />
      ))}
    </div>
  );
}

function Line({ span, row, depth, label }: { span: SpanResult; row: JsonRow; depth: number; label: string }) {
  const { detail } = useApp();
  const indent = { paddingLeft: `${Math.min(depth, 12) * 12}px` };
  if (row.kind === "more") {
    const id = row.id.slice(0, -1);
    const shown = detail.shown.value.get(id) ?? STEP;
    return (
      <div class="sg-line" style={indent}>
        <button
          type="button"
          class="sg-more"
          onClick={() => detail.showMore(row.path, row.value, shown + STEP * 4)}
        >
          … {row.count} more
        </button>
      </div>
    );
  }
  const target = {
    trace_id: span.trace_id,
    span: { span_id: span.span_id, name: span.name },
    path: row.path,
    value: row.value,
  };
  if (row.kind !== "leaf") {
    const brackets = row.kind === "array" ? `[${row.count}]` : `{${row.count}}`;
    return (
      <div class="sg-line sg-branch" style={indent} data-open={String(row.open)}>
        <button
          type="button"
          class="sg-twist-json"
          tabIndex={-1}
          data-toggle=""
          aria-label={row.open ? "Fold" : "Unfold"}
          aria-expanded={row.open}
          onClick={() => detail.toggle(row.id)}
        >
          <span class={`sg-twist ${row.open ? "sg-down" : ""}`}>
            <Icon name="fold" />
          </span>
        </button>
        <Value target={target} stop class="sg-branch-value">
          {label && <span class="sg-prop">{visible(label)}</span>}
          <span class="sg-muted">{row.open || row.count === 0 ? brackets : preview(row.value, 160)}</span>
        </Value>
      </div>
    );
  }
  const text = typeof row.value === "string";
  const own = text && ((row.value as string).length > INLINE || (row.value as string).includes("\n"));
  return (
    <div class={`sg-line ${own ? "sg-own" : ""}`} style={indent}>
      {label && <span class="sg-prop">{visible(label)}</span>}
      {own ? (
        <Text span={span} text={row.value as string} path={row.path} class="sg-clamp" />
      ) : (
        <Value
          target={target}
          class={`sg-leaf-value sg-is-${row.value === null ? "null" : typeof row.value}`}
          stop
        >
          {row.value === null ? "null" : text ? visible(row.value as string) || '""' : preview(row.value)}
        </Value>
      )}
    </div>
  );
}
