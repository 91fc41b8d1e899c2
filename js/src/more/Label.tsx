/** One label on the screen: its values, those given marked, and what others said. The current one's have the digits. */

import { count, preview, visible } from "../model/format";
import type { LabelGiven, LabelSpec, Opinion } from "../wire/contract";
import type { Labelling } from "./labelling";

interface LabelNeeds {
  readonly spec: LabelSpec;
  readonly given: LabelGiven | undefined;
  readonly of: number;
  readonly others: readonly Opinion[];
  readonly current: boolean;
  readonly labelling: Labelling;
  readonly place: number;
}

export function Label({ spec, given, of, others, current, labelling, place }: LabelNeeds) {
  const timesOf = (value: unknown): number => given?.values.find((each) => each.value === value)?.count ?? 0;
  return (
    <span class={`sg-label ${current ? "sg-now" : ""}`} role="group" aria-label={spec.name}>
      <button
        type="button"
        class="sg-label-name"
        aria-pressed={current}
        title={current ? "The digits give this label" : "Let the digits give this label (l)"}
        onClick={() => (labelling.at.value = place)}
      >
        {visible(spec.name)}
      </button>
      {spec.values.map((value, n) => {
        const times = timesOf(value);
        return (
          <button
            type="button"
            key={`${typeof value} ${value}`}
            class="sg-label-value"
            aria-pressed={times > 0 && times === of ? true : times > 0 ? "mixed" : false}
            title={current ? `${spec.name} = ${value} (${n + 1})` : `${spec.name} = ${value}`}
            onClick={() => {
              labelling.at.value = place;
              labelling.give(spec.name, value);
            }}
          >
            {current && String(value) !== String(n + 1) && <kbd>{n + 1}</kbd>}
            {visible(String(value))}
            {times > 0 && of > 1 && <small>{count(times)}</small>}
          </button>
        );
      })}
      {given?.note && (
        <span class="sg-muted sg-why" title={given.note}>
          “{preview(given.note, 60)}”
        </span>
      )}
      {others.map((each) => (
        <span
          key={each.rater}
          class={`sg-other ${given?.values[0] && given.values[0].value !== each.value ? "sg-apart" : ""}`}
          title={[`${each.rater} said ${each.name} = ${preview(each.value, 200)}`, each.note ?? ""].join(
            "\n",
          )}
        >
          {visible(each.rater.replace(/^HUMAN:/, ""))}: {preview(each.value, 24)}
        </span>
      ))}
    </span>
  );
}
