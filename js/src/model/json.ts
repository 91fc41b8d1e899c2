/** A JSON value as the rows of a foldable tree. Iterative: the depth of a value is its author's business. */

import type { Cut, JsonStep } from "../wire/contract";

export interface JsonRow {
  readonly path: readonly JsonStep[];
  readonly id: string;
  readonly depth: number;
  /** key in its object, index in its array; null for the value itself */
  readonly key: JsonStep | null;
  readonly value: unknown;
  readonly kind: "object" | "array" | "leaf" | "more";
  /** entries of an object or array; for "more" (whose value is the container), how many are not shown */
  readonly count: number;
  readonly open: boolean;
  readonly cut: Cut | null;
}

/** How a tree is unfolded, and what was fetched of it since. */
export interface Folds {
  /** ids whose state is not the default one */
  readonly toggled: ReadonlySet<string>;
  /** how many entries are shown of those with more than STEP */
  readonly shown: ReadonlyMap<string, number>;
  /** values fetched since, by id; they replace what came cut */
  readonly fetched: ReadonlyMap<string, unknown>;
}

/** Entries of one array or object that are drawn before "more". */
export const STEP = 50;

/** Opened by default down to this depth, as long as the container is small. */
const OPEN_DEPTH = 2;
const OPEN_COUNT = 12;

export function pathId(path: readonly JsonStep[]): string {
  return JSON.stringify(path);
}

export function cutsByPath(cuts: readonly Cut[]): ReadonlyMap<string, Cut> {
  return new Map(cuts.map((cut) => [pathId(cut.path), cut]));
}

/** `root` is where the value lies, so that every row carries its whole path. */
export function flatten(
  value: unknown,
  root: readonly JsonStep[],
  folds: Folds,
  cuts: ReadonlyMap<string, Cut>,
): JsonRow[] {
  const rows: JsonRow[] = [];
  const stack: Pending[] = [{ value, path: root, key: null, depth: 0 }];
  for (let item = stack.pop(); item; item = stack.pop()) {
    if ("more" in item) {
      rows.push({
        ...item,
        id: `${pathId(item.path)}+`,
        kind: "more",
        count: item.more,
        open: false,
        cut: null,
      });
      continue;
    }
    const id = pathId(item.path);
    const cut = cuts.get(id) ?? null;
    const value = folds.fetched.get(id) ?? item.value;
    const entries = entriesOf(value);
    if (!entries) {
      rows.push({ ...item, value, id, kind: "leaf", count: 0, open: false, cut });
      continue;
    }
    const count = cut && cut.kind !== "text" ? Math.max(cut.length, entries.length) : entries.length;
    const small = item.depth === 0 || (item.depth < OPEN_DEPTH && count <= OPEN_COUNT);
    const open = count > 0 && small !== folds.toggled.has(id);
    rows.push({ ...item, value, id, kind: Array.isArray(value) ? "array" : "object", count, open, cut });
    if (!open) continue;
    const shown = Math.min(entries.length, folds.shown.get(id) ?? STEP);
    const depth = item.depth + 1;
    if (count > shown) stack.push({ more: count - shown, value, path: item.path, key: null, depth });
    for (let n = shown - 1; n >= 0; n--) {
      const [key, entry] = entries[n]!;
      stack.push({ value: entry, path: [...item.path, key], key, depth });
    }
  }
  return rows;
}

type Pending = {
  readonly path: readonly JsonStep[];
  readonly key: JsonStep | null;
  readonly depth: number;
} & ({ readonly value: unknown } | { readonly value: unknown; readonly more: number });

function entriesOf(value: unknown): [JsonStep, unknown][] | null {
  if (Array.isArray(value)) return value.map((entry, index) => [index, entry]);
  if (value !== null && typeof value === "object") return Object.entries(value);
  return null;
}
