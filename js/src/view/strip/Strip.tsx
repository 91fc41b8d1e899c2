/** Below the filter: what it finds over time and by its frequent values. Both edit the filter's text. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Brush } from "../../model/bars";
import { useApp } from "../context";
import { More } from "../More";
import { useSize } from "../virtual";
import { Facets, Others } from "./Facets";
import { Histogram, Readout } from "./Histogram";

/** Room that one facet takes, and what the rest of the strip takes beside the histogram, in px. */
const FACET = 158;
const REST = 190;

export function Strip() {
  const { overview, results, boot } = useApp();
  const self = useRef<HTMLDivElement>(null);
  const width = useSize(self).value.width;
  const over = useSignal<Brush | null>(null);
  const found = results.count.value;
  // Where there are no traces at all there is nothing to choose.
  if (boot?.error || (found?.of === 0 && !results.answer.value?.filter)) return null;
  const bars = Math.min(300, Math.max(150, Math.round(width * 0.26)));
  const room = Math.max(0, Math.floor((width - bars - REST) / FACET));
  const { failure, all } = overview;
  return (
    <>
      <div ref={self} class="sg-strip-line" style={{ "--bars": room > 0 ? `${bars}px` : "1fr" }}>
        <Histogram over={over} />
        <div class="sg-strip-facets" role="toolbar" aria-label="Facets" data-pane="strip">
          {failure.value && (!overview.facets.value || overview.old.value) ? (
            <span class="sg-muted sg-said" title={failure.value}>
              {failure.value}
            </span>
          ) : (
            <Facets room={room} />
          )}
          <Others />
          <button
            type="button"
            class="sg-tool sg-all-facets"
            aria-expanded={all.value}
            title="All facets"
            onClick={() => (all.value = !all.value)}
          >
            {room > 0 ? "all…" : "facets"}
          </button>
        </div>
        <Readout over={over} />
      </div>
      {all.value && <More part="FacetPanel" />}
    </>
  );
}
