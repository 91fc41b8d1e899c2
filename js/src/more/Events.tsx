/** What happened inside a span, an exception first of all: the first frame of the user's own code is bold. */

import { duration } from "../model/format";
import { useApp } from "../view/context";
import { Tree } from "../view/detail/Tree";
import { Value } from "../view/menu/Value";
import type { SpanResult } from "../wire/contract";

export function Events({ span }: { span: SpanResult }) {
  if (span.events.length === 0 && span.links.length === 0) return <p class="sg-nothing">No events.</p>;
  const target = (name: string, key: string, value: unknown) => ({
    trace_id: span.trace_id,
    span: { span_id: span.span_id, name: span.name },
    path: ["event", name, key],
    value,
  });
  return (
    <>
      {span.events.map((event, n) => {
        const type = event.attributes["exception.type"];
        const message = event.attributes["exception.message"];
        const stack = event.attributes["exception.stacktrace"];
        const rest = Object.entries(event.attributes).filter(([key]) => !key.startsWith("exception."));
        const failed = type !== undefined || message !== undefined;
        return (
          <section key={`${event.time_ms} ${n}`} class={`sg-section ${failed ? "sg-exception" : ""}`}>
            <h4>
              {event.name} <span class="sg-muted">+{duration(event.time_ms - span.start_ms)}</span>
            </h4>
            {failed && (
              <p class="sg-failed">
                {type !== undefined && (
                  <Value target={target(event.name, "exception.type", type)} class="sg-strong" stop>
                    {String(type)}
                  </Value>
                )}{" "}
                {message !== undefined && (
                  <Value target={target(event.name, "exception.message", message)} stop>
                    {String(message)}
                  </Value>
                )}
              </p>
            )}
            {typeof stack === "string" && <Stack text={stack} />}
            {rest.length > 0 && (
              <Tree span={span} value={Object.fromEntries(rest)} root={["event", event.name]} bare />
            )}
          </section>
        );
      })}
      {span.links.length > 0 && <Links span={span} />}
    </>
  );
}

/** Frames of installed packages and of Python itself are not the user's. */
const FOREIGN = /site-packages|dist-packages|[/\\]lib[/\\]python|<frozen|<string>/;

function Stack({ text }: { text: string }) {
  const lines = text.split("\n");
  let own = -1;
  lines.forEach((line, n) => {
    if (/^\s*File "/.test(line) && !FOREIGN.test(line)) own = n;
  });
  return (
    <pre class="sg-stack">
      {lines.map((line, n) => (
        <span key={n} class={own >= 0 && (n === own || n === own + 1) ? "sg-strong" : ""}>
          {line}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

function Links({ span }: { span: SpanResult }) {
  const { trace, results } = useApp();
  return (
    <section class="sg-section">
      <h4>links</h4>
      {span.links.map((link) => (
        <div key={`${link.trace_id} ${link.span_id}`} class="sg-line">
          <button
            type="button"
            class="sg-more"
            title={`${link.trace_id} ${link.span_id}`}
            onClick={() => trace.load(link.trace_id, results.answer.value?.filter ?? "", link.span_id)}
          >
            {link.trace_id.slice(0, 12)}… › {link.span_id.slice(0, 8)}
          </button>
        </div>
      ))}
    </section>
  );
}
