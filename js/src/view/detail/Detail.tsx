/** One span in full: what went in and came out, its attributes, its events, and all of it raw. */

import { useEffect, useRef } from "preact/hooks";
import { compact, cost, duration, plural, visible } from "../../model/format";
import { TABS, type Tab } from "../../state/detail";
import type { SpanResult, Target } from "../../wire/contract";
import { Badge } from "../chrome/Badge";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { Blank } from "../list/Empty";
import { More } from "../More";
import { Value } from "../menu/Value";
import { InOut } from "./InOut";
import { Tree } from "./Tree";

const TITLES: Readonly<Record<Tab, string>> = {
  io: "In · Out",
  attributes: "Attributes",
  events: "Events",
  raw: "Raw",
};

export function Detail() {
  const { detail, screen, trace } = useApp();
  const self = useRef<HTMLDivElement>(null);
  const span = detail.span.value;
  const status = detail.status.value;
  const focus = screen.focus.value;

  useEffect(() => {
    if (focus === 0 || screen.place.value !== "detail") return;
    const first = self.current?.querySelector<HTMLElement>("[data-stop]");
    (first ?? self.current)?.focus({ preventScroll: true });
  }, [focus, screen]);

  useEffect(() => {
    const pane = self.current;
    if (!pane) return;
    pane.querySelector(".sg-body")?.scrollTo(0, 0);
    // The pane was entered before the span had come: the focus waited on the pane itself.
    if ((pane.getRootNode() as Document | ShadowRoot).activeElement === pane) {
      pane.querySelector<HTMLElement>("[data-stop]")?.focus({ preventScroll: true });
    }
  }, [span?.trace_id, span?.span_id]);

  return (
    <div
      ref={self}
      class={`sg-detail ${status === "loading" ? "sg-dim" : ""}`}
      data-pane="detail"
      tabIndex={-1}
    >
      {status === "failed" ? (
        <Blank title="The span could not be opened" text={detail.failure.value} />
      ) : span ? (
        <Opened span={span} />
      ) : (
        <Blank title={trace.id.value === null ? "" : "No span open"} text="" />
      )}
    </div>
  );
}

function Opened({ span }: { span: SpanResult }) {
  const { detail, menus } = useApp();
  const tab = detail.tab.value;
  const copyTab = (of: SpanResult, which: Tab): void => {
    const { cuts, ...raw } = of;
    const shown = {
      io: { inputs: of.inputs, outputs: of.outputs },
      attributes: of.attributes,
      events: { events: of.events, links: of.links },
      raw,
    }[which];
    const cut = cuts.length > 0 ? `, ${plural(cuts.length, "long part")} as far as it came` : "";
    void menus.copyText(JSON.stringify(shown, null, 2), `this tab as JSON${cut}`);
  };
  return (
    <>
      <Title span={span} />
      <div class="sg-tab-line">
        <div class="sg-tabs" role="tablist">
          {TABS.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={tab === each}
              tabIndex={tab === each ? 0 : -1}
              onClick={() => {
                detail.tab.value = each;
              }}
            >
              {TITLES[each]}
              {each === "events" && span.events.length > 0 && (
                <span class="sg-pill">{span.events.length}</span>
              )}
            </button>
          ))}
        </div>
        <div class="sg-detail-tools">
          {tab === "io" && (
            <button
              type="button"
              class="sg-tool"
              aria-pressed={detail.markdown.value}
              title="Lay out texts written in markdown (M)"
              onClick={() => {
                detail.markdown.value = !detail.markdown.value;
              }}
            >
              md
            </button>
          )}
          {tab === "attributes" && (
            <input
              type="text"
              value={detail.sought.value}
              placeholder="search"
              aria-label="Search the attributes"
              spellcheck={false}
              onInput={(event) => {
                detail.sought.value = event.currentTarget.value;
              }}
            />
          )}
          <button
            type="button"
            class="sg-tool"
            title="Copy this tab as JSON"
            aria-label="Copy as JSON"
            onClick={() => copyTab(span, tab)}
          >
            <Icon name="copy" />
          </button>
        </div>
      </div>
      <div class="sg-body" role="tabpanel" aria-label={TITLES[tab]}>
        <Content span={span} tab={tab} />
      </div>
    </>
  );
}

function Content({ span, tab }: { span: SpanResult; tab: Tab }) {
  const { detail } = useApp();
  if (tab === "io") return <InOut span={span} />;
  if (tab === "events") return <More part="Events" span={span} pane />;
  if (tab === "attributes") {
    if (Object.keys(span.attributes).length === 0) return <p class="sg-nothing">No attributes.</p>;
    const found = sought(span.attributes, detail.sought.value);
    if (!found) return <p class="sg-nothing">No attribute contains {detail.sought.value}.</p>;
    return <Tree span={span} value={found} root={["attributes"]} bare />;
  }
  const { cuts: _, ...raw } = span;
  return <Tree span={span} value={raw} root={[]} bare />;
}

/** The attributes whose key or value contains a text, in any case; null when none does. */
function sought(attributes: SpanResult["attributes"], text: string): Record<string, unknown> | null {
  const wanted = text.toLowerCase();
  const entries = Object.entries(attributes).filter(([key, value]) =>
    `${key} ${JSON.stringify(value)}`.toLowerCase().includes(wanted),
  );
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

function Title({ span }: { span: SpanResult }) {
  const target = (field: string, value: unknown): Target => ({
    trace_id: span.trace_id,
    span: { span_id: span.span_id, name: span.name },
    path: [field],
    value,
  });
  const fact = (field: string, value: unknown, text: string) =>
    value === null || value === undefined ? null : (
      <Value target={target(field, value)} class="sg-fact" title={field} stop>
        {text}
      </Value>
    );
  const bad = span.status === "ERROR";
  return (
    <div class="sg-summary">
      <div class="sg-summary-line">
        <Badge type={span.type} />
        <Value target={target("name", span.name)} class="sg-strong" title={span.name} stop>
          {visible(span.name) || "–"}
        </Value>
        <span class="sg-space" />
        {fact("duration", span.duration_ms, duration(span.duration_ms))}
        {span.duration_ms === null && <span class="sg-muted">running</span>}
      </div>
      <div class="sg-summary-line sg-facts">
        {span.type &&
          span.type !== "UNKNOWN" &&
          fact("type", span.type, span.type.toLowerCase().replaceAll("_", " "))}
        {span.status !== "UNSET" && (
          <Value
            target={target("status", span.status)}
            class={`sg-fact ${bad ? "sg-bad-text" : ""}`}
            title="status"
            stop
          >
            {span.status}
          </Value>
        )}
        {fact("model", span.model, span.model ?? "")}
        {fact("input_tokens", span.input_tokens, `${compact(span.input_tokens)} in`)}
        {fact("output_tokens", span.output_tokens, `${compact(span.output_tokens)} out`)}
        {fact("cost", span.cost, cost(span.cost))}
      </div>
      {bad && span.status_message && (
        <Value target={target("status_message", span.status_message)} class="sg-failed" stop>
          {visible(span.status_message)}
        </Value>
      )}
    </div>
  );
}
