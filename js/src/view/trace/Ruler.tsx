import { duration } from "../../model/format";
import { ticks, type Window } from "../../model/layout";

/** A label every so many px can be read. */
const LABEL = 52;

/** Round moments over the bars, with lines down through the rows. */
export function Ruler({ window, width }: { window: Window; width: number }) {
  const most = Math.max(1, Math.floor((width * 0.5) / LABEL));
  const marks = ticks(window, most);
  return (
    <div class="sg-ruler" aria-hidden="true">
      <span />
      <div class="sg-scale">
        {marks.map((mark) => (
          <i key={mark.at} style={{ left: `${mark.left}%` }}>
            {mark.left < 94 && <span>{mark.at === 0 ? "0" : duration(mark.at)}</span>}
          </i>
        ))}
      </div>
      <span />
    </div>
  );
}
