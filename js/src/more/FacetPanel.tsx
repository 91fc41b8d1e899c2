/** Every facet with all its values, and what no facet shows. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { preview } from "../model/format";
import { Icon } from "../view/chrome/Icon";
import { useApp } from "../view/context";
import { Choice, labelOf } from "../view/strip/Facets";
import type { Condition, FacetsResult } from "../wire/contract";

export function FacetPanel() {
  const result = useApp().overview.facets.value;
  return result && <Panel result={result} />;
}

function Panel({ result }: { result: FacetsResult }) {
  const { overview } = useApp();
  const self = useRef<HTMLDivElement>(null);

  // A press anywhere else closes the panel; the buttons of the strip say themselves what they do.
  useLayoutEffect(() => {
    const root = self.current?.closest(".sg");
    if (!root) return;
    const press = ({ target }: Event): void => {
      if (!(target as Element).closest(".sg-facet-panel, .sg-strip-line, .sg-bar"))
        overview.all.value = false;
    };
    root.addEventListener("pointerdown", press);
    return () => root.removeEventListener("pointerdown", press);
  }, [overview]);

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
              <Choice field={facet.field} entry={entry} />
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
