/** What Python says about the text: the first thing in full, with its fixes to click. */

import type { Diagnostic } from "../../wire/contract";
import { useApp } from "../context";

const RANK = { error: 0, warning: 1, info: 2 } as const;

export function Messages() {
  const { filter, completion } = useApp();
  if (filter.failure.value) {
    return (
      <div class="sg-message sg-error" role="alert">
        <span class="sg-mark">!</span>
        <span class="sg-said">{filter.failure.value}</span>
        <button type="button" class="sg-fix" onClick={() => filter.run(filter.text.value)}>
          try again
        </button>
      </div>
    );
  }
  // Why nothing was found is said where the rows would be.
  const said = filter.diagnostics.value
    .filter((entry) => entry.code !== "empty")
    .sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const first = said[0];
  // What is half typed is in error as a matter of course: while it can be completed, nothing is said of it.
  if (!first || (first.severity === "error" && completion.shown.value)) return null;
  const fix = (entry: Diagnostic) =>
    entry.fixes.map((each) => (
      <button
        key={each.text}
        type="button"
        class="sg-fix"
        title={each.text}
        onClick={() => filter.run(each.text)}
      >
        {each.label}
      </button>
    ));
  return (
    <div class={`sg-message sg-${first.severity}`} role={first.severity === "error" ? "alert" : "status"}>
      <span class="sg-mark">{first.severity === "error" ? "!" : "i"}</span>
      <span class="sg-said" title={said.map((entry) => entry.message).join("\n")}>
        {first.message}
      </span>
      {fix(first)}
      {said.length > 1 && <span class="sg-muted">+{said.length - 1}</span>}
    </div>
  );
}
