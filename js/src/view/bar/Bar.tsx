/** The filter bar: the text, how much it finds, and whether rows are traces or spans. */

import { count, plural } from "../../model/format";
import type { RowMode } from "../../wire/contract";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { Box } from "./Box";
import { Messages } from "./Messages";

export function Bar() {
  const { filter } = useApp();
  return (
    <div class="sg-bar" data-pane="bar" role="search">
      <div class="sg-bar-line">
        <Icon name="search" />
        <Box />
        <Predicates />
        <Count />
        <Undo />
        <Rows />
        <div class={`sg-progress ${filter.running.value ? "sg-on" : ""}`} />
      </div>
      <Messages />
    </div>
  );
}

/** The Python functions that narrow what the text finds. */
function Predicates() {
  const { predicates, filter } = useApp();
  return (
    <>
      {predicates.value.value.map((name) => {
        const failed = filter.failure.value?.startsWith(`where(${name}) `);
        return (
          <span
            key={name}
            class={`sg-chip sg-predicate ${failed ? "sg-failed" : ""}`}
            title={`Only traces for which the Python function ${name} holds`}
          >
            <span class="sg-muted">Python</span> <code>{name}</code>
            <button
              type="button"
              aria-label={`Remove the Python function ${name}`}
              title="Remove"
              onClick={() => predicates.set(predicates.value.value.filter((each) => each !== name))}
            >
              <Icon name="close" />
            </button>
          </span>
        );
      })}
    </>
  );
}

/** Takes the last change back, also one that a click made. */
function Undo() {
  const { filter } = useApp();
  const before = filter.previous.value;
  return (
    <button
      type="button"
      class="sg-tool"
      disabled={before === null}
      title={before === null ? "Nothing to undo" : `Back to: ${before || "no filter"} (Ctrl+Z)`}
      aria-label="Undo the last change of the filter"
      onClick={() => filter.recall(1, true)}
    >
      <Icon name="undo" />
    </button>
  );
}

function Count() {
  const { filter, results } = useApp();
  const found = results.count.value;
  const noun = results.answer.value?.rows === "spans" ? "span" : "trace";
  if (!results.answer.value) return null;
  const invalid = filter.invalid.value;
  const hint = invalid ? "The text has an error; these are the rows of the last good one" : "";
  return (
    <output class={`sg-count ${invalid ? "sg-stale" : ""}`} title={hint} aria-live="polite">
      {found === null ? (
        <span class="sg-muted">counting…</span>
      ) : found.total === found.of ? (
        plural(found.total, noun)
      ) : (
        <>
          <b>{count(found.total)}</b> of {count(found.of)}
        </>
      )}
    </output>
  );
}

function Rows() {
  const app = useApp();
  const choice = (rows: RowMode, hint: string) => (
    <button
      type="button"
      role="radio"
      aria-checked={app.rows.value === rows}
      title={hint}
      onClick={() => void app.setRows(rows)}
    >
      {rows}
    </button>
  );
  return (
    <div class="sg-switch" role="radiogroup" aria-label="A row is">
      {choice("traces", "A row is a trace")}
      {choice("spans", "A row is a span that the filter's last block matches")}
    </div>
  );
}
