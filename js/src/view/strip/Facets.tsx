/** Facets: the frequent values of fields with their counts. A click on one edits the filter. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { compact, count, preview } from "../../model/format";
import type { Condition, Facet, FacetValue, Want } from "../../wire/contract";
import { Icon } from "../chrome/Icon";
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
              <Value key={typeof value.value + value.value} field={facet.field} entry={value} short />
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

function labelOf(field: string): string {
  return field.replace(/^span\./, "");
}

interface ValueProps {
  readonly field: string;
  readonly entry: FacetValue;
  readonly short?: boolean;
}

function Value({ field, entry, short = false }: ValueProps) {
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

/** Every facet with all its values, and what no facet shows. */
export function Panel() {
  const { overview } = useApp();
  const self = useRef<HTMLDivElement>(null);
  const result = overview.facets.value;
  const open = overview.all.value;

  // A press anywhere else closes the panel; the buttons of the strip say themselves what they do.
  useLayoutEffect(() => {
    const root = self.current?.closest(".sg");
    if (!open || !root) return;
    const press = ({ target }: Event): void => {
      if (!(target as Element).closest(".sg-facet-panel, .sg-strip-line, .sg-bar"))
        overview.all.value = false;
    };
    root.addEventListener("pointerdown", press);
    return () => root.removeEventListener("pointerdown", press);
  }, [open, overview]);

  if (!open || !result) return null;
  const facets = result.facets.filter(({ values }) => values.length > 0);
  return (
    <div ref={self} class="sg-facet-panel" role="dialog" aria-label="All facets" data-pane="strip">
      {result.others.length > 0 && <Rest others={result.others} />}
      {facets.map((facet) => (
        <section key={facet.field} aria-label={labelOf(facet.field)}>
          <h4>{labelOf(facet.field)}</h4>
          {facet.values.map((entry) => (
            <div key={typeof entry.value + entry.value} class="sg-facet-row">
              <i
                class="sg-facet-bar"
                style={{ width: `${(entry.count / Math.max(1, facet.values[0]!.count)) * 100}%` }}
              />
              <Value field={facet.field} entry={entry} />
              <button
                type="button"
                class="sg-facet-not"
                aria-pressed={entry.want === "out"}
                title={`Without ${preview(entry.value, 60)}`}
                aria-label={`Without ${preview(entry.value, 60)}`}
                onClick={() => overview.choose(facet.field, entry.value, entry.want === "out" ? null : "out")}
              >
                ≠
              </button>
            </div>
          ))}
        </section>
      ))}
      <section>
        <h4>more</h4>
        <Add />
        {result.late && <p class="sg-muted">Counting the other facets took too long.</p>}
      </section>
    </div>
  );
}

function Rest({ others }: { others: readonly Condition[] }) {
  const { filter } = useApp();
  return (
    <section aria-label="Only in the text">
      <h4>only in the text</h4>
      {others.map((each) => (
        <div key={each.text} class="sg-facet-row">
          <code title={each.text}>{each.text}</code>
          <button
            type="button"
            class="sg-facet-not"
            title="Leave it out"
            aria-label={`Leave out ${each.text}`}
            onClick={() => filter.run(each.without)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}

function Add() {
  const { overview } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const field = input.current?.value.trim();
    if (field && (await overview.add(field)) && input.current) input.current.value = "";
  };
  return (
    <form onSubmit={add}>
      <input
        ref={input}
        class="sg-facet-add"
        type="text"
        aria-label="Another field as a facet"
        placeholder="+ field, e.g. metadata.user"
        spellcheck={false}
        autocomplete="off"
      />
    </form>
  );
}
