/** The list of proposals under the filter box. The focus stays in the box, which says which one is active. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { count } from "../../model/format";
import { useApp } from "../context";
import { takeProposal } from "./keys";

/** A letter for each kind of proposal, as editors have them. */
const LETTERS = {
  field: "f",
  prefix: "f",
  key: "k",
  span: "s",
  function: "ƒ",
  relation: "r",
  operator: "=",
  word: "w",
  value: "v",
  parameter: ":",
} as const;

interface Props {
  readonly id: string;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly mirror: RefObject<HTMLElement | null>;
}

export function Proposals({ id, input, mirror }: Props) {
  const app = useApp();
  const { completion } = app;
  const self = useRef<HTMLDivElement>(null);
  const shown = completion.shown.value;
  const active = completion.active.value;
  const from = shown?.from;

  // Under the word that they would replace, and within the widget.
  useLayoutEffect(() => {
    const list = self.current;
    const line = list?.parentElement;
    if (!list || !line || !mirror.current || from === undefined) return;
    const x = leftOf(mirror.current, from) - line.getBoundingClientRect().left - 26;
    list.style.left = `${Math.max(4, Math.min(x, line.clientWidth - list.offsetWidth - 4))}px`;
  });

  useLayoutEffect(() => {
    const list = self.current;
    const option = list?.children[active] as HTMLElement | undefined;
    if (!list) return;
    if (!option) list.scrollTop = 0;
    else if (option.offsetTop < list.scrollTop) list.scrollTop = option.offsetTop;
    else
      list.scrollTop = Math.max(list.scrollTop, option.offsetTop + option.offsetHeight - list.clientHeight);
  }, [active, shown]);

  if (!shown) return null;
  return (
    <div ref={self} id={id} class="sg-proposals" role="listbox" aria-label="Proposals">
      {shown.items.map((item, index) => (
        <div
          key={item.insert}
          id={`${id}-${index}`}
          role="option"
          class="sg-proposal"
          aria-selected={index === active}
          onPointerDown={(event) => {
            // The focus, and with it the cursor, stays in the text.
            event.preventDefault();
            if (input.current && event.button === 0) takeProposal(app, input.current, index);
          }}
        >
          <i class={`sg-p-letter sg-p-${item.kind}`} aria-hidden="true">
            {LETTERS[item.kind]}
          </i>
          <span class="sg-p-label">{item.label}</span>
          <span class="sg-p-detail">{item.detail}</span>
          <span class="sg-p-count">{item.count === null ? "" : count(item.count)}</span>
        </div>
      ))}
    </div>
  );
}

/** Where character `offset` of the mirrored text begins, in px of the page. */
function leftOf(mirror: HTMLElement, offset: number): number {
  const range = mirror.ownerDocument.createRange();
  let left = offset;
  for (const piece of mirror.children) {
    const node = piece.firstChild;
    const length = node?.textContent?.length ?? 0;
    if (node && left <= length) {
      range.setStart(node, left);
      range.setEnd(node, left);
      return range.getBoundingClientRect().left || mirror.getBoundingClientRect().left;
    }
    left -= length;
  }
  return mirror.getBoundingClientRect().left;
}
