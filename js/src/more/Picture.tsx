/** A picture that lies in a span: fetched and shown when asked for. Its bytes were checked in Python. */

import { size } from "../model/format";
import { pathId } from "../model/json";
import { useApp } from "../view/context";
import type { ImageResult, JsonStep, SpanResult } from "../wire/contract";

export function Picture({ span, path }: { span: SpanResult; path: readonly JsonStep[] }) {
  const { detail } = useApp();
  const found = detail.laid.value.get(`image ${pathId(path)}`) as ImageResult | undefined;
  const large = detail.toggled.value.has(`image ${pathId(path)}`);
  if (!found) {
    const length = detail.lengthOf(span, path);
    return (
      <button type="button" class="sg-more" data-stop="" onClick={() => detail.lay("image", path)}>
        picture, {size((length * 3) / 4).replace("chars", "bytes")}: show
      </button>
    );
  }
  return (
    <button
      type="button"
      class="sg-picture"
      data-stop=""
      aria-expanded={large}
      aria-label={large ? "Show the picture smaller" : "Show the picture larger"}
      onClick={() => detail.toggle(`image ${pathId(path)}`)}
    >
      <img
        class={large ? "" : "sg-thumb"}
        src={`data:${found.kind};base64,${found.data}`}
        alt="in the trace"
      />
    </button>
  );
}
