/** A text as it is: never markup. What came cut says how much there is and fetches it in stretches. */

import { size } from "../../model/format";
import { pathId } from "../../model/json";
import type { JsonStep, SpanResult } from "../../wire/contract";
import { useApp } from "../context";
import { Value } from "../menu/Value";

interface Props {
  readonly span: SpanResult;
  readonly text: string;
  readonly path: readonly JsonStep[];
  readonly class?: string;
}

/** Texts longer than this begin folded where others follow below. */
export const LONG = 700;

export function Text({ span, text, path, class: name }: Props) {
  const { detail } = useApp();
  const id = pathId(path);
  const cut = detail.cuts.value.get(id);
  const whole = String(detail.fetched.value.get(id) ?? text);
  const left = cut?.kind === "text" ? cut.length - whole.length : 0;
  const target = {
    trace_id: span.trace_id,
    span: { span_id: span.span_id, name: span.name },
    path,
    value: whole,
  };
  return (
    <div class={`sg-text ${name ?? ""}`}>
      <Value target={target} stop>
        {whole}
      </Value>
      {cut && left > 0 && (
        <button type="button" class="sg-more" onClick={() => detail.fetchText(cut, whole)}>
          … {size(left)} show
        </button>
      )}
    </div>
  );
}
