/** The trace in one line: name, status, how long, how much; who and which session; what was judged. */

import { compact, cost, duration, exact, plural, preview, visible } from "../../model/format";
import { TABS } from "../../state/trace";
import type { JsonStep, TraceResult } from "../../wire/contract";
import { useApp } from "../context";
import { Value } from "../menu/Value";

/** From this share of idle time on, leaving it out is worth a button. */
const MOSTLY = 0.5;

function Idle() {
  const { zoom } = useApp().trace;
  const bend = zoom.bend.value;
  if (!bend || bend.gaps.length === 0 || bend.idle < MOSTLY) return null;
  const share = `${Math.floor(bend.idle * 100)} % idle`;
  return (
    <button
      type="button"
      class="sg-fix"
      aria-pressed={zoom.compressed.value}
      title="Time in which no call ran: leave it out of the scale (i)"
      onClick={zoom.toggleIdle}
    >
      {zoom.compressed.value ? `${share}, left out` : `${share} · compress`}
    </button>
  );
}

function Tabs() {
  const { tab } = useApp().trace;
  return (
    <div class="sg-tabs" role="tablist" aria-label="The trace as">
      {TABS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          aria-selected={tab.value === each}
          onClick={() => {
            tab.value = each;
          }}
        >
          {each}
        </button>
      ))}
    </div>
  );
}

export function Summary({ result }: { result: TraceResult }) {
  const value = (path: readonly JsonStep[], of: unknown, text: string, name = "") => (
    <Value
      target={{ trace_id: result.trace_id, path, value: of }}
      class={name}
      title={`${path.join(".")}: ${preview(of, 200)}`}
    >
      {text}
    </Value>
  );
  const bad = result.status === "ERROR";
  const tags = Object.entries(result.tags).map(([key, of]) => ["tag", key, of] as const);
  return (
    <div class="sg-summary">
      <div class="sg-summary-line">
        {value(["name"], result.name, visible(result.name) || "–", "sg-strong")}
        {value(["status"], result.status, result.status, bad ? "sg-status sg-bad-text" : "sg-status")}
        <span class="sg-space" />
        {value(["duration"], result.duration_ms, duration(result.duration_ms))}
        {result.tokens !== null && value(["tokens"], result.tokens, `${compact(result.tokens)} tok`)}
        {result.cost !== null && value(["cost"], result.cost, cost(result.cost))}
      </div>
      <div class="sg-summary-line sg-chips">
        <Tabs />
        <span class="sg-muted" title={exact(result.time_ms)}>
          {plural(result.spans.id.length, "span")}
        </span>
        <Idle />
        {result.assessments.map((each, n) => (
          <Value
            key={`${each.name} ${n}`}
            target={{ trace_id: result.trace_id, path: [each.kind, each.name], value: each.value }}
            class="sg-tagged sg-judged"
            title={[`${each.kind} by ${each.source_type} ${each.source_id}`, each.rationale ?? ""].join("\n")}
          >
            <em>{each.name}</em> {preview(each.value, 24)}
          </Value>
        ))}
        {result.session_id && chip(["session_id"], "session", result.session_id)}
        {result.user_id && chip(["user_id"], "user", result.user_id)}
        {tags.map(([field, key, of]) => chip([field, key], key, of))}
      </div>
    </div>
  );

  function chip(path: readonly JsonStep[], name: string, of: string) {
    return (
      <Value
        key={path.join(".")}
        target={{ trace_id: result.trace_id, path, value: of }}
        class="sg-tagged"
        title={`${name}: ${of}`}
      >
        <em>{name}</em> {preview(of, 24)}
      </Value>
    );
  }
}
