/** Who said what: for each label that two or more have given a table, those things first on which they differ. */

import { count, preview, visible } from "../model/format";
import { useApp } from "../view/context";
import type { RatedLabel, RatersResult } from "../wire/contract";
import type { Labelling } from "./labelling";

const short = (rater: string): string => visible(rater.replace(/^HUMAN:/, ""));
const figure = (value: number | null): string => (value === null ? "–" : value.toFixed(2));

export function Raters({ labelling, result }: { labelling: Labelling; result: RatersResult }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by keys
    <div class="sg-raters" tabIndex={0} role="region" aria-label="Who said what">
      {result.labels.length === 0 && (
        <p class="sg-muted">
          No label of what the filter finds was given by two yet. Whoever opens the same store as another
          rater stands here beside the first.
        </p>
      )}
      {result.labels.map((each) => (
        <Table key={each.name} label={each} labelling={labelling} />
      ))}
      {result.late && (
        <p class="sg-muted">There are more traces with labels than were read: narrow the filter.</p>
      )}
    </div>
  );
}

function Table({ label, labelling }: { label: RatedLabel; labelling: Labelling }) {
  const app = useApp();
  const more = label.things - label.rated.length;
  return (
    <section>
      <h4>
        {visible(label.name)}{" "}
        <span title="Krippendorff's alpha over all raters: 1 is perfect agreement, 0 what chance would give">
          α {figure(label.alpha)}
        </span>{" "}
        <span class="sg-muted">
          {count(label.things)} rated by two or more, {count(label.differ)} of them differently
        </span>
      </h4>
      {label.pairs.map((pair) => (
        <p key={`${pair.a} ${pair.b}`} class="sg-muted">
          {short(pair.a)} and {short(pair.b)}: agree on {Math.round(100 * pair.agree)} % of{" "}
          {count(pair.things)}, κ {figure(pair.kappa)}
        </p>
      ))}
      <table>
        <thead>
          <tr>
            <th scope="col">trace</th>
            {label.raters.map((rater) => (
              <th scope="col" key={rater} title={rater}>
                {short(rater)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {label.rated.map((each) => (
            <tr key={`${each.trace_id} ${each.span_id}`} class={each.differ ? "sg-apart" : ""}>
              <th scope="row">
                <button
                  type="button"
                  title={`Open ${each.trace_id}`}
                  onClick={() => {
                    labelling.place.value = "trace";
                    app.openTrace(each.trace_id, each.span_id);
                  }}
                >
                  {visible(each.trace) || each.trace_id}{" "}
                  <small>{each.span_id ? `span ${each.span_id}` : each.trace_id.slice(0, 8)}</small>
                </button>
              </th>
              {each.said.map((value, n) => (
                <td key={label.raters[n]}>{value === null ? "–" : preview(value, 40)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p class="sg-muted">
          and {count(more)} more: ex.agreement("{visible(label.name)}").ratings
        </p>
      )}
    </section>
  );
}
