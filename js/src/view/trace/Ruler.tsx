import { duration } from "../../model/format";
import { ticks, type Window } from "../../model/layout";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { Find } from "./Find";

/** A label every so many px can be read. */
const LABEL = 52;

/** Over the tree what looks through it, over the bars round moments, with lines down behind the rows. */
export function Ruler({ window, width }: { window: Window; width: number }) {
  const { trace } = useApp();
  const marks = ticks(window, Math.max(1, Math.floor((width * 0.5) / LABEL)));
  return (
    <>
      <div class="sg-grid" aria-hidden="true">
        <div class="sg-scale">
          {marks.map((mark) => (
            <i key={mark.at} style={{ left: `${mark.left}%` }} />
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
        <div class="sg-scale" aria-hidden="true">
          {marks.map(
            (mark) =>
              mark.left < 94 && (
                <span key={mark.at} style={{ left: `${mark.left}%` }}>
                  {duration(mark.at).replace(/\.0+(?=[a-zµ])/, "")}
                </span>
              ),
          )}
        </div>
      </div>
    </>
  );
}
