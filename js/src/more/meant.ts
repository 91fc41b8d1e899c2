/** What a label is given to: the trace or span that is looked at, the row under the list's cursor, or all selected. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { isEmpty, rowKey } from "../model/selection";
import type { App } from "../state/app";
import type { Place } from "../state/screen";
import type { LabelTarget } from "../wire/contract";

export interface Meant {
  readonly target: LabelTarget;
  /** what it is called: "trace", "span" or "12 selected", and its name */
  readonly kind: string;
  readonly name: string;
}

export function keyOf(meant: Meant | null): string {
  return JSON.stringify(meant?.target ?? null);
}

export function createMeant(
  { results, list, picks, trace }: App,
  place: ReadonlySignal<Place>,
  whole: ReadonlySignal<boolean>,
): ReadonlySignal<Meant | null> {
  /** what the list's cursor stood on, while its row is being fetched again */
  let stood: Meant | null = null;
  const open = computed((): Meant | null => {
    const now = trace.open.value;
    if (!now) return null;
    const { spans, trace_id, name, names } = now.result;
    const row = trace.row.value;
    if (row <= 0 || whole.value) return { target: { trace_id, span_id: null }, kind: "trace", name };
    const span_id = spans.id[row] ?? null;
    return { target: { trace_id, span_id }, kind: "span", name: names[spans.name[row]!] ?? "" };
  });
  return computed((): Meant | null => {
    if (place.value !== "list") return open.value;
    const selection = picks.selection.value;
    if (!isEmpty(selection)) return { target: { selection }, kind: picks.label.value, name: "" };
    const row = results.row(list.cursor.value.row);
    if (!row) return results.total.value > 0 ? stood : null;
    const name = row.rows.name[row.index] ?? "";
    const key = rowKey(row.rows.trace_id[row.index]!, row.rows.span_id[row.index]);
    stood =
      typeof key === "string"
        ? { target: { trace_id: key, span_id: null }, kind: "trace", name }
        : { target: { trace_id: key[0], span_id: key[1] }, kind: "span", name };
    return stood;
  });
}
