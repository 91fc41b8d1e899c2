/** Facets: the frequent values of fields with their counts. A click on one edits the filter. */

import { compact, count, preview } from "../../model/format";
import type { Facet, FacetValue, Want } from "../../wire/contract";
import { useApp } from "../context";

/** Values of a facet that stand in the strip; the panel has them all. */
const INLINE = 2;

export function Facets({ room }: { room: number }) {
  const { overview } = useApp();
  // A facet with nothing to choose says nothing here.
  const facets = (overview.facets.value?.facets ?? []).filter(
    ({ values }) => values.length > 1 || values.some((each) => each.want),
  );
  // What is chosen stands first, so that it is in sight.
  const sorted = [...facets].sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)));
  return (
    <div class={`sg-facets ${overview.old.value ? "sg-old" : ""}`}>
      {sorted.slice(0, room).map((facet) => (
        <div key={facet.field} class="sg-facet" role="group" aria-label={labelOf(facet.field)}>
          <span class="sg-muted sg-facet-name">{labelOf(facet.field)}</span>
          <div class="sg-facet-values">
            {inline(facet).map((value) => (
              <Choice key={typeof value.value + value.value} field={facet.field} entry={value} short />
            ))}
            {facet.values.length > INLINE && <span class="sg-muted">…</span>}
          </div>
        </div>
      ))}
    </div>
  );
}

/** The chosen values first, then the frequent ones. */
function inline({ values }: Facet): readonly FacetValue[] {
  return [...values].sort((a, b) => Number(!!b.want) - Number(!!a.want)).slice(0, INLINE);
}

function isChosen({ values }: Facet): boolean {
  return values.some((each) => each.want !== null);
}

export function labelOf(field: string): string {
  return field.replace(/^span\./, "");
}

interface ChoiceProps {
  readonly field: string;
  readonly entry: FacetValue;
  readonly short?: boolean;
}

/** A value with its count, to be wanted or not. */
export function Choice({ field, entry, short = false }: ChoiceProps) {
  const { overview } = useApp();
  const { value, want } = entry;
  const name = value === "" ? "(empty)" : preview(value, 80);
  const click = (event: MouseEvent): void => {
    const next: Want = event.altKey ? "out" : "in";
    // A click on what is chosen either way lets it go.
    void overview.choose(field, value, want === next || (want === "out" && !event.altKey) ? null : next);
  };
  const state = want === "out" ? "without " : "";
  const shown = short ? compact(entry.count) : count(entry.count);
  return (
    <button
      type="button"
      class={`sg-facet-value ${want ? `sg-want-${want}` : ""}`}
      aria-pressed={want === "in"}
      aria-label={`${state}${labelOf(field)} ${name} ${shown}`}
      title={`${state}${name}: ${count(entry.count)}\nAlt+click: without`}
      onClick={click}
    >
      {/* The space is for readers: what is seen must stand in the label word by word. */}
      <span class="sg-facet-text">{name}</span> <span class="sg-facet-count">{shown}</span>
    </button>
  );
}

/** How many conditions of the text no facet and no bar shows. */
export function Others() {
  const { overview } = useApp();
  const others = overview.facets.value?.others ?? [];
  if (others.length === 0) return null;
  return (
    <button
      type="button"
      class="sg-chip"
      title={`Only in the text:\n${others.map((each) => each.text).join("\n")}`}
      aria-label={`${others.length} more in the text`}
      aria-haspopup="dialog"
      onClick={() => (overview.all.value = !overview.all.value)}
    >
      +{others.length}
    </button>
  );
}
