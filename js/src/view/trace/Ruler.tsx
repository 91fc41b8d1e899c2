import { duration } from "../../model/format";
import { place, ticks, type Window } from "../../model/layout";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { Find } from "./Find";
import { useStretch } from "./stretch";

/** A label every so many px can be read. */
const LABEL = 52;

/** Over the tree what looks through it, over the bars round moments, with lines down behind the rows. */
export function Ruler({ window, width }: { window: Window; width: number }) {
  const { trace } = useApp();
  const { bend, compressed } = trace.zoom;
  const bending = compressed.value ? bend.value : null;
  const marks = ticks(window, Math.max(1, Math.floor((width * 0.5) / LABEL)));
  const stretch = useStretch(window);
  return (
    <>
      <div class="sg-grid" aria-hidden="true">
        <div class="sg-scale">
          {marks.map((mark) => (
            <i key={mark.at} style={{ left: `${mark.left}%` }} />
          ))}
          {bending?.gaps
            .map(([from, to]) => [from, place(bending.to(from), bending.to(to), window)] as const)
            .filter(([, gap]) => gap.left < 100 && gap.left + gap.width > 0)
            .map(([from, gap]) => (
              <b key={from} class="sg-gap" style={{ left: `${gap.left}%`, width: `${gap.width}%` }} />
            ))}
        </div>
      </div>
      <div class="sg-ruler" role="presentation">
        <span class="sg-tools">
          <Find />
          <button
            type="button"
            class="sg-tool"
            aria-pressed={trace.critical.value}
            title="Critical path: what decided when the trace ended (c)"
            aria-label="Critical path"
            onClick={() => {
              trace.critical.value = !trace.critical.value;
            }}
          >
            <Icon name="path" />
          </button>
        </span>
        <div
          class="sg-scale"
          aria-hidden="true"
          title="Drag to zoom, double-click for the whole trace"
          onPointerDown={stretch.press}
          onDblClick={trace.zoom.fit}
        >
          {marks.map(
            (mark) =>
              mark.left < 94 && (
                <span key={mark.at} style={{ left: `${mark.left}%` }}>
                  {duration(bending ? bending.back(mark.at) : mark.at).replace(/\.0+(?=[a-zµ])/, "")}
                </span>
              ),
          )}
          {stretch.marked && (
            <i
              class="sg-marked"
              style={{ left: `${stretch.marked.left}%`, width: `${stretch.marked.width}%` }}
            />
          )}
        </div>
      </div>
    </>
  );
}
