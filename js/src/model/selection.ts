/** The set of selected rows: single ones, or everything that a filter finds, minus some. */

import type { RowKey, RowMode, Selection } from "../wire/contract";

/** More single rows than this are better said as "all filtered". The kernel refuses more, too. */
export const MOST_IDS = 1000;

export const NOTHING: Selection = { ids: [] };

export function rowKey(traceId: string, spanId: string | undefined): RowKey {
  return spanId ? [traceId, spanId] : traceId;
}

/** A key as text, for sets and maps. */
export function keyText(key: RowKey): string {
  return typeof key === "string" ? key : `${key[0]}\n${key[1]}`;
}

export function everything(filter: string, rows: RowMode): Selection {
  return { all: true, filter, rows, except: [] };
}

/** A question that is asked for each row drawn: is it selected, given what the list shows? */
export function membership(
  selection: Selection,
  shown: { filter: string; rows: RowMode },
): (key: RowKey) => boolean {
  if ("ids" in selection) {
    const ids = new Set(selection.ids.map(keyText));
    return (key) => ids.has(keyText(key));
  }
  if (selection.filter !== shown.filter || selection.rows !== shown.rows) return () => false;
  const except = new Set(selection.except.map(keyText));
  return (key) => !except.has(keyText(key));
}

/**
 * The selection with `keys` put in or taken out. An "all" selection of another filter cannot be amended row
 * by row, so picking a row starts a new one. Returns null when that would be more than MOST_IDS.
 */
export function withKeys(
  selection: Selection,
  keys: readonly RowKey[],
  chosen: boolean,
  shown: { filter: string; rows: RowMode },
): Selection | null {
  if ("all" in selection && selection.filter === shown.filter && selection.rows === shown.rows) {
    const except = amended(selection.except, keys, !chosen);
    return except.length > MOST_IDS ? null : { ...selection, except };
  }
  const ids = amended("ids" in selection ? selection.ids : [], keys, chosen);
  return ids.length > MOST_IDS ? null : { ids };
}

function amended(list: readonly RowKey[], keys: readonly RowKey[], present: boolean): readonly RowKey[] {
  const named = new Set(keys.map(keyText));
  if (!present) return list.filter((key) => !named.has(keyText(key)));
  const held = new Set(list.map(keyText));
  return [...list, ...keys.filter((key) => !held.has(keyText(key)))];
}

export function isEmpty(selection: Selection): boolean {
  return "ids" in selection && selection.ids.length === 0;
}

/** How many rows are selected; null while the size of "all" is not known. */
export function sizeOf(selection: Selection, total: number | null): number | null {
  if ("ids" in selection) return selection.ids.length;
  return total === null ? null : Math.max(0, total - selection.except.length);
}
