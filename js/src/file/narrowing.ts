/**
 * How a snapshot's rows are narrowed and ordered. There is one parser of filters, and it is Python: a page without
 * Python never reads a filter, it only writes one, and remembers what each text it wrote stands for.
 */

import type { Want } from "../wire/contract";
import type { FileData, FileFacet } from "./data";

export interface Narrowing {
  /** the choice among a facet's values, by the facet's field */
  readonly chosen: Readonly<Record<string, { readonly want: Want; readonly places: readonly number[] }>>;
  readonly from: number | null;
  readonly to: number | null;
  /** what is looked for in names and contents; empty for anything */
  readonly words: string;
  readonly order: { readonly column: string; readonly direction: "asc" | "desc" } | null;
}

export const NONE: Narrowing = { chosen: {}, from: null, to: null, words: "", order: null };

export class Narrowings {
  readonly #data: FileData;
  readonly #written = new Map<string, Narrowing>();

  constructor(data: FileData) {
    this.#data = data;
    this.write(NONE);
  }

  /** The filter that says the same, in the words of the language, for use in Python. */
  write(narrowing: Narrowing): string {
    const parts = this.conditions(narrowing).map(([text]) => text);
    const { order } = narrowing;
    const key = order && (this.#data.order_keys[order.column] ?? order.column);
    const tail = order ? `ORDER BY ${key}${order.direction === "desc" ? " DESC" : ""}` : this.#data.order;
    const text = [[this.#data.where, ...parts].filter(Boolean).join(" AND "), tail].filter(Boolean).join(" ");
    this.#written.set(text, narrowing);
    return text;
  }

  read(text: string): Narrowing {
    return this.#written.get(text) ?? NONE;
  }

  /** Each condition beside those of the file itself, with what is left without it. */
  conditions(narrowing: Narrowing): [text: string, without: Narrowing, shown: boolean][] {
    const found: [string, Narrowing, boolean][] = [];
    for (const facet of this.#data.facets) {
      const choice = narrowing.chosen[facet.field];
      if (!choice) continue;
      const { [facet.field]: _, ...others } = narrowing.chosen;
      found.push([chosenText(facet, choice), { ...narrowing, chosen: others }, true]);
    }
    const { from, to, words } = narrowing;
    if (from !== null) found.push([`timestamp >= ${instant(from)}`, { ...narrowing, from: null }, true]);
    if (to !== null) found.push([`timestamp < ${instant(to)}`, { ...narrowing, to: null }, true]);
    if (words) found.push([quoted(words), { ...narrowing, words: "" }, false]);
    return found;
  }

  /** A click on a value of a facet. Wanting one value and not wanting another are two choices: the last one counts. */
  choose(narrowing: Narrowing, facet: FileFacet, place: number, want: Want | null): Narrowing {
    const before = narrowing.chosen[facet.field];
    const same = before && (want === null || before.want === want) ? before.places : [];
    const places = want === null ? same.filter((each) => each !== place) : [...new Set([...same, place])];
    const { [facet.field]: _, ...others } = narrowing.chosen;
    const kept = want ?? before?.want;
    return {
      ...narrowing,
      chosen: places.length && kept ? { ...others, [facet.field]: { want: kept, places } } : others,
    };
  }
}

function chosenText(facet: FileFacet, choice: { want: Want; places: readonly number[] }): string {
  const texts = choice.places.map((place) => facet.choices[place]![choice.want]);
  if (texts.length === 1 || choice.want === "out") return texts.join(" AND ");
  return `(${texts.join(" OR ")})`;
}

/** A time as the language reads it. */
function instant(ms: number): string {
  return `'${new Date(ms).toISOString()}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
