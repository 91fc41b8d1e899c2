/** Proposals for the filter text, kept right while the next ones are on their way. */

import type { CompleteResult, Proposal } from "../wire/contract";

export interface Proposals {
  /** the text and the place of the cursor that they are for */
  readonly text: string;
  readonly cursor: number;
  readonly from: number;
  readonly to: number;
  readonly items: readonly Proposal[];
}

/** The answer for a text, without what would change nothing. */
export function proposals(text: string, cursor: number, answer: CompleteResult): Proposals {
  const { from, to } = answer;
  const there = text.slice(from, to);
  return { text, cursor, from, to, items: answer.items.filter((item) => item.insert !== there) };
}

/** The proposals for what was typed on; null where they are of no more use. */
export function narrowed(now: Proposals, text: string, cursor: number): Proposals | null {
  const grown = text.length - now.text.length;
  const before = text.slice(0, now.from) === now.text.slice(0, now.from);
  const to = now.to + grown;
  const after = text.slice(to) === now.text.slice(now.to);
  if (!before || !after || cursor < now.from || cursor > to) return null;
  const typed = bare(text.slice(now.from, cursor));
  // Only what was typed on: what was taken away may bring others back.
  if (!typed.startsWith(bare(now.text.slice(now.from, now.cursor)))) return null;
  const items = now.items.filter((item) => bare(item.insert).startsWith(typed));
  return items.length > 0 ? { text, cursor, from: now.from, to, items } : null;
}

/** The text with a proposal taken. */
export function taken(now: Proposals, item: Proposal): { text: string; cursor: number } {
  const text = now.text.slice(0, now.from) + item.insert + now.text.slice(now.to);
  return { text, cursor: now.from + item.insert.length };
}

function bare(text: string): string {
  return text
    .trimStart()
    .replace(/^['"`]/, "")
    .toLowerCase();
}
