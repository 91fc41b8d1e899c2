import { kindOf } from "../../model/kinds";

/** A span's kind: a letter on its colour. */
export function Badge({ type }: { type: string }) {
  const kind = kindOf(type);
  return (
    <span class={`sg-badge sg-k-${kind.hue}`} title={kind.label || type || "no kind"}>
      {kind.letter}
    </span>
  );
}
