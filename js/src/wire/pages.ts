/**
 * Pages of rows by their place in the result. One result (a filter, a row mode, its columns) has one cache;
 * the pages that were not looked at for longest go first.
 *
 * @example
 *   const pages = new Pages();
 *   pages.put(0, firstPage);
 *   pages.at(17)?.rows.name[17];
 */

import type { PageResult, Rows } from "./contract";

/** Rows a page holds; a round trip is about 60 ms, so few and fat messages. */
export const PAGE = 200;

/** Pages kept: 12,000 rows, more than anyone scrolls back over. */
const KEPT = 60;

export interface Place {
  readonly rows: Rows;
  /** the row's place within its page */
  readonly index: number;
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
    for (const ms of page.rows.duration_ms) {
      if (ms === null || !(ms > 0)) continue;
      this.#shortest = Math.min(this.#shortest, ms);
      this.#longest = Math.max(this.#longest, ms);
    }
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
    return this.#pages.get(number - 1)?.next ?? null;
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
