/** The selected rows: the `selection` trait, written at once, so that a cell run right after a click sees it. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { count as grouped } from "../model/format";
import {
  everything,
  isEmpty,
  keyText,
  MOST_IDS,
  membership,
  NOTHING,
  rowKey,
  sizeOf,
  withKeys,
} from "../model/selection";
import type { RowKey, Selection } from "../wire/contract";
import { shared } from "../wire/model";
import type { Env } from "./env";
import type { Results } from "./results";

export interface Picks {
  readonly selection: ReadonlySignal<Selection>;
  readonly has: ReadonlySignal<(key: RowKey) => boolean>;
  /** "2 selected (1 hidden)"; empty when nothing is */
  readonly label: ReadonlySignal<string>;
  toggle(key: RowKey): void;
  put(keys: readonly RowKey[], chosen: boolean): void;
  all(): void;
  none(): void;
}

export function createPicks(env: Env, results: Results): Picks {
  const trait = shared(env.model, "selection", NOTHING, env.end);
  const shown = computed(() => ({
    filter: results.answer.value?.filter ?? "",
    rows: results.answer.value?.rows ?? "traces",
  }));
  const has = computed(() => membership(trait.value.value, shown.value));

  const put = (keys: readonly RowKey[], chosen: boolean): void => {
    const next = withKeys(trait.value.value, keys, chosen, shown.value);
    if (next) trait.set(next);
    else
      env.say(
        `At most ${grouped(MOST_IDS)} rows can be picked one by one; Ctrl+A selects all filtered`,
        "bad",
      );
  };

  /** Picked rows that the list does not show, when the whole list is here to tell. */
  const hidden = (ids: readonly RowKey[]): number => {
    const pages = results.answer.value?.pages;
    if (!pages?.known().complete || pages.known().rows !== [...pages.each()].length) return 0;
    const here = new Set<string>();
    for (const { rows, index } of pages.each())
      here.add(keyText(rowKey(rows.trace_id[index]!, rows.span_id[index])));
    return ids.filter((key) => !here.has(keyText(key))).length;
  };

  const label = computed(() => {
    const selection = trait.value.value;
    void results.version.value;
    if (isEmpty(selection)) return "";
    if ("ids" in selection) {
      const away = hidden(selection.ids);
      return `${grouped(selection.ids.length)} selected${away > 0 ? ` (${grouped(away)} hidden)` : ""}`;
    }
    const now = selection.filter === shown.value.filter && selection.rows === shown.value.rows;
    const size = now ? sizeOf(selection, results.count.value?.total ?? null) : null;
    if (!now) return `all of another filter selected`;
    return size === null ? "all filtered selected" : `all ${grouped(size)} filtered selected`;
  });

  return {
    selection: trait.value,
    has,
    label,
    toggle(key) {
      put([key], !has.value(key));
    },
    put,
    all() {
      trait.set(everything(shown.value.filter, shown.value.rows));
    },
    none() {
      trait.set(NOTHING);
    },
  };
}
