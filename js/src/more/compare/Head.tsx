/** What is compared, and how it can be left. */

import type { ComponentChildren } from "preact";
import { exact, moment, visible } from "../../model/format";
import { Icon } from "../../view/chrome/Icon";
import { useApp } from "../../view/context";
import type { ComparedTrace } from "../../wire/contract";

/** The name and status of a trace beside its letter. */
export function Called({ letter, trace }: { letter: string; trace: ComparedTrace }) {
  const bad = trace.status === "ERROR";
  return (
    <span class="sg-called" title={`${trace.name}\n${exact(trace.time_ms)}\n${trace.trace_id}`}>
      <b class="sg-letter">{letter}</b>
      <span class="sg-name">{visible(trace.name) || "–"}</span>
      <small class="sg-muted">{moment(trace.time_ms, Date.now())}</small>
      {bad && <b class="sg-bang">!</b>}
    </span>
  );
}

export function Head({ children }: { children: ComponentChildren }) {
  const { screen } = useApp();
  return (
    <div class="sg-compare-head">
      {children}
      <button
        type="button"
        class="sg-tool"
        title="Back to the trace (Esc)"
        aria-label="Close the comparison"
        onClick={() => {
          screen.compared.value = null;
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
