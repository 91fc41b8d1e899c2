/** A text as it is, or laid out where that was asked for: never markup. What came cut is fetched in stretches. */

import { size, visible } from "../../model/format";
import { pathId } from "../../model/json";
import { isPicture } from "../../model/pictures";
import { SLICE } from "../../state/detail";
import type { JsonStep, MarkdownResult, SpanResult } from "../../wire/contract";
import { useApp } from "../context";
import { More } from "../More";
import { Value } from "../menu/Value";

interface Props {
  readonly span: SpanResult;
  readonly text: string;
  readonly path: readonly JsonStep[];
  readonly class?: string;
}

/** Texts longer than this begin folded where others follow below. */
export const LONG = 700;

/** What a text needs to have for its layout to be another one. */
const MARKED = /^\s{0,3}(#{1,6} |[-*+] |\d+[.)] |> |```)|\*\*\S|`[^`\n]+`|\]\(|^\|.+\|$/m;

/** Longer texts are drawn in stretches, of which the browser lays out those on the screen. */
const STRETCH = 16_000;

export function Text({ span, text, path, class: name }: Props) {
  const { detail } = useApp();
  const id = pathId(path);
  const cut = detail.cuts.value.get(id);
  const whole = String(detail.fetched.value.get(id) ?? text);
  const left = cut?.kind === "text" ? cut.length - whole.length : 0;
  if (isPicture(whole)) return <More part="Picture" span={span} path={path} />;
  const marked = MARKED.test(whole.slice(0, SLICE));
  const shown = detail.markdown.value && marked ? detail.laid.value.get(`markdown ${id}`) : undefined;
  const laid = shown as MarkdownResult | undefined;
  if (detail.markdown.value && marked && !laid) void detail.lay("markdown", path);
  const target = {
    trace_id: span.trace_id,
    span: { span_id: span.span_id, name: span.name },
    path,
    value: whole,
  };
  return (
    <div class={`sg-text ${name ?? ""}`} dir="auto">
      <Value target={target} stop>
        {laid ? <More part="Markdown" nodes={laid.nodes} /> : <Plain text={visible(whole)} />}
      </Value>
      {laid && laid.left > 0 && <span class="sg-muted">… {size(laid.left)} more, without markdown only</span>}
      {cut && left > 0 && !laid && (
        <button type="button" class="sg-more" onClick={() => detail.fetchText(cut, whole)}>
          … {size(left)} show
        </button>
      )}
    </div>
  );
}

function Plain({ text }: { text: string }) {
  if (text.length <= 2 * STRETCH) return <>{text}</>;
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const line = text.lastIndexOf("\n", from + STRETCH);
    const to = line > from ? line + 1 : from + STRETCH;
    parts.push(text.slice(from, to));
    from = to;
  }
  return (
    <>
      {parts.map((part, n) => (
        <span key={n} class="sg-stretch">
          {part}
        </span>
      ))}
    </>
  );
}
