/** One input over a coloured copy of its text. The colours are all the browser knows of the language. */

import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type Token, tokenize } from "../../model/tokens";
import type { Diagnostic } from "../../wire/contract";
import { useApp } from "../context";
import { Proposals } from "./Proposals";

export function Box() {
  const { filter, keywords, completion, env, boot } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const text = filter.text.value;
  const pieces = useComputed(() =>
    marked(tokenize(filter.text.value, keywords), completion.shown.value ? [] : filter.diagnostics.value),
  );

  const follow = (): void => {
    if (mirror.current && input.current) {
      // Nothing written is nothing scrolled, which saves the first drawing a layout of its own.
      const left = input.current.value && input.current.scrollLeft;
      mirror.current.style.transform = left ? `translateX(${-left}px)` : "";
    }
  };
  useLayoutEffect(follow, [text]);

  const id = `sg-${env.rpc.view}`;
  const shown = completion.shown.value;
  const active = completion.active.value;
  const typed = (element: HTMLInputElement, composing: boolean): void => {
    const cursor = element.selectionStart ?? element.value.length;
    filter.type(element.value, cursor, composing);
    if (composing) completion.close();
    else completion.ask(element.value, cursor);
  };
  // Proposals are for one place in the text: where the cursor goes elsewhere, they go.
  const moved = (element: HTMLInputElement): void => {
    follow();
    const at = completion.shown.peek();
    if (at && at.text === element.value && element.selectionStart !== at.cursor) completion.close();
  };

  return (
    <>
      <div class="sg-box">
        <div class="sg-mirror" aria-hidden="true">
          <div ref={mirror}>
            {pieces.value.map((piece) => (
              <span key={piece.start} class={piece.name}>
                {piece.text}
              </span>
            ))}
          </div>
        </div>
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={shown !== null}
          aria-controls={shown ? id : undefined}
          aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
          value={text}
          readOnly={boot?.file}
          title={filter.gloss.value}
          placeholder={boot?.file ? "no filter" : "filter, for example  status = 'ERROR' AND duration > 2s"}
          aria-label="Filter"
          aria-invalid={filter.invalid.value}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          onInput={(event) => typed(event.currentTarget, event.isComposing)}
          onCompositionEnd={(event) => typed(event.currentTarget, false)}
          onScroll={follow}
          onSelect={(event) => moved(event.currentTarget)}
          onKeyUp={(event) => moved(event.currentTarget)}
          onPointerUp={(event) => moved(event.currentTarget)}
          onBlur={completion.close}
          onFocus={filter.describe}
          onPointerEnter={filter.describe}
        />
      </div>
      <Proposals id={id} input={input} mirror={mirror} />
    </>
  );
}

interface Piece {
  readonly text: string;
  readonly name: string;
  readonly start: number;
}

/** Tokens cut where a diagnostic begins or ends, so that its underline covers exactly its part. */
function marked(tokens: readonly Token[], diagnostics: readonly Diagnostic[]): Piece[] {
  const marks = diagnostics.filter((entry) => entry.code !== "empty" && entry.severity !== "info");
  const edges = new Set(marks.flatMap((entry) => [entry.start, entry.end]));
  const pieces: Piece[] = [];
  for (const token of tokens) {
    let from = 0;
    for (let to = 1; to <= token.text.length; to++) {
      if (to < token.text.length && !edges.has(token.start + to)) continue;
      const start = token.start + from;
      const mark = marks.find(
        (entry) => entry.start <= start && start < Math.max(entry.end, entry.start + 1),
      );
      pieces.push({
        text: token.text.slice(from, to),
        name: `sg-t-${token.kind} ${mark ? `sg-mark-${mark.severity}` : ""}`,
        start,
      });
      from = to;
    }
  }
  return pieces;
}
