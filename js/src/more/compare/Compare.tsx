/** Traces beside each other, in the place of trace and detail: two span by span, more name by name. */

import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import type { Action } from "../../model/keys";
import { useApp } from "../../view/context";
import { Blank } from "../../view/list/Empty";
import styles from "./compare.css";
import { Several } from "./Several";
import { type Comparison, createComparison } from "./state";
import { Two } from "./Two";

export function Compare() {
  const app = useApp();
  const selection = app.screen.compared.value;
  const comparison = useMemo(() => createComparison(app), [app]);
  const { result, failure } = comparison;

  useEffect(() => {
    if (selection) void comparison.load(selection);
  }, [comparison, selection]);

  useLayoutEffect(() => {
    app.more.acts.set("compare", (action) => acted(comparison, action));
    return () => void app.more.acts.delete("compare");
  }, [app, comparison]);

  const shown = result.value;
  return (
    <div class="sg-compare" data-pane="compare">
      <style>{styles}</style>
      {failure.value !== null ? (
        <Blank title="The traces could not be compared" text={failure.value} />
      ) : shown?.pairs ? (
        <Two comparison={comparison} result={shown} pairs={shown.pairs} />
      ) : shown?.names ? (
        <Several result={shown} names={shown.names} />
      ) : (
        <Blank title="Comparing…" text="" />
      )}
    </div>
  );
}

const STEPS: Partial<Record<Action, number>> = {
  down: 1,
  up: -1,
  pageDown: 12,
  pageUp: -12,
  first: Number.NEGATIVE_INFINITY,
  last: Number.POSITIVE_INFINITY,
};

function acted(comparison: Comparison, action: Action): boolean {
  if (!comparison.result.value?.pairs) return false;
  const step = STEPS[action];
  if (step !== undefined) comparison.move(step);
  else if (action === "nextMatch" || action === "previousMatch")
    comparison.next(action === "nextMatch" ? 1 : -1);
  else if (action === "open")
    comparison.open(comparison.result.value.pairs.b.id[comparison.cursor.value] ? "b" : "a");
  else return false;
  return true;
}
