/**
 * Pages of rows by their place in the result. One result (a filter, a row mode, its columns) has one cache;
 * the pages that were not looked at for longest go first.
 *
 * @example
 *   const pages = new Pages();
 *   pages.put(0, firstPage);
 *   pages.at(17)?.rows.name[17];
 */

import { keyText, rowKey } from "../model/selection";
import type { PageResult, RowKey, Rows } from "./contract";

/** Rows a page holds; a round trip is about 60 ms, so few and fat messages. */
export const PAGE = 200;

/** Pages kept: 12,000 rows, more than anyone scrolls back over. */
const KEPT = 60;

export interface Place {
  readonly rows: Rows;
  /** the row's place within its page */
  readonly index: number;
}

export function keyAt({ rows, index }: Place): RowKey {
  return rowKey(rows.trace_id[index]!, rows.span_id[index]);
}

/** Changes each list of some rows by what another list of the same name holds at a place. */
function alter(rows: Rows, by: Place, change: (list: unknown[], value: unknown) => void): void {
  const lists = ({ cells, ...columns }: Rows) => [...Object.values(columns), ...cells] as unknown[][];
  const given = lists(by.rows);
  for (const [n, list] of lists(rows).entries()) if (given[n]?.length) change(list, given[n][by.index]);
}

export class Pages {
  readonly #pages = new Map<number, PageResult>();
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;

  /** The shortest and longest duration seen, in ms: the ends of the bars' scale. */
  get scale(): readonly [number, number] {
    return this.#longest > 0 ? [this.#shortest, this.#longest] : [1, 10];
  }

  put(number: number, page: PageResult): void {
    this.#measure(page.rows);
    this.#pages.delete(number);
    this.#pages.set(number, page);
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= KEPT) break;
      this.#pages.delete(old);
    }
  }

  has(number: number): boolean {
    return this.#pages.has(number);
  }

  /** The row at `row` of the whole result, if its page is here. */
  at(row: number): Place | null {
    const page = this.#pages.get(Math.floor(row / PAGE));
    const index = row % PAGE;
    return page && index < page.rows.trace_id.length ? { rows: page.rows, index } : null;
  }

  /** The keyset token that leads to page `number`, when the page before it is here. */
  tokenFor(number: number): string | null {
    return this.#pages.get(number - 1)?.next || null;
  }

  /** The missing page nearest to the middle of the rows on the screen. */
  missing(first: number, end: number): number | null {
    const middle = (first + end) / 2 / PAGE - 0.5;
    let nearest: number | null = null;
    for (let number = Math.floor(first / PAGE); number * PAGE < end; number++) {
      if (this.#pages.has(number)) continue;
      if (nearest === null || Math.abs(number - middle) < Math.abs(nearest - middle)) nearest = number;
    }
    return nearest;
  }

  /** Rows known to exist so far, and whether that is all. */
  known(): { rows: number; complete: boolean } {
    let rows = 0;
    let complete = false;
    for (const [number, page] of this.#pages) {
      rows = Math.max(rows, number * PAGE + page.rows.trace_id.length);
      if (page.next === null) complete = true;
    }
    return { rows, complete };
  }

  /** Takes over what is new of rows that are here; gives the numbers of those that are not here. */
  renew(rows: Rows): number[] {
    this.#measure(rows);
    const left = new Map(rows.trace_id.map((_, index) => [keyText(keyAt({ rows, index })), index]));
    for (const place of this.each()) {
      const key = keyText(keyAt(place));
      const index = left.get(key);
      if (index === undefined) continue;
      left.delete(key);
      alter(place.rows, { rows, index }, (list, value) => (list[place.index] = value));
    }
    return [...left.values()];
  }

  /**
   * Where a row goes in the first page, the newest first: a span behind the earlier ones of its trace. -1 where it
   * belongs behind that page.
   */
  placeFor({ rows, index }: Place): number {
    const first = this.#pages.get(0);
    if (!first) return -1;
    const { trace_id, time_ms } = first.rows;
    const began = rows.time_ms[index]!;
    const own = trace_id.findLastIndex((id, row) => id === rows.trace_id[index] && time_ms[row]! <= began);
    const at = own >= 0 ? own + 1 : time_ms.findIndex((ms) => ms <= began);
    return at >= 0 ? at : first.next === null ? time_ms.length : -1;
  }

  /** Puts a new row into the first page; the place that it has there, or -1. */
  add(place: Place): number {
    const at = this.placeFor(place);
    const first = this.#pages.get(0);
    if (at < 0 || !first) return -1;
    const full = first.rows.trace_id.length === PAGE;
    alter(first.rows, place, (list, value) => {
      list.splice(at, 0, value);
      if (full) list.pop();
    });
    // All that follows has moved: there is more, and by which key is not known.
    this.#pages.clear();
    this.#pages.set(0, full ? { ...first, next: "" } : first);
    return at;
  }

  #measure(rows: Rows): void {
    for (const ms of rows.duration_ms) {
      if (ms === null || !(ms > 0)) continue;
      this.#shortest = Math.min(this.#shortest, ms);
      this.#longest = Math.max(this.#longest, ms);
    }
  }

  /** The extra columns' values of every page that is here. */
  *cells(): Generator<PageResult["rows"]["cells"]> {
    for (const page of this.#pages.values()) yield page.rows.cells;
  }

  /** Every row that is here, in no particular order of pages. */
  *each(): Generator<Place> {
    for (const page of this.#pages.values()) {
      for (let index = 0; index < page.rows.trace_id.length; index++) yield { rows: page.rows, index };
    }
  }
}
