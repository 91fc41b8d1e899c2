/** What was said in one trace of a session: the question and the answer, without what had been said before. */

import type { Turn } from "../wire/contract";
import { chatOf, type Part } from "./chat";
import { isDict } from "./dict";

export interface Said {
  readonly role: string;
  readonly text: string;
}

/** Keys under which the one text of a question or an answer is often found. */
const ASKED = ["question", "query", "input", "prompt", "message", "text", "user_input"];
const ANSWERED = ["answer", "output", "response", "result", "completion", "text", "content", "message"];

export function saidIn(turn: Turn): Said[] {
  return [...saidBy(turn.inputs, "user", ASKED), ...saidBy(turn.outputs, "assistant", ANSWERED)];
}

function saidBy(value: unknown, role: string, keys: readonly string[]): Said[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "string") return [{ role, text: value }];
  const chat = chatOf(value, []);
  if (chat) {
    const told = chat.messages.map((message) => ({
      role: message.role || role,
      text: message.parts.map(textOf).filter(Boolean).join("\n"),
    }));
    // The answers that were given before stand in the turns before.
    const last = role === "user" ? told.findLastIndex((each) => each.role === "assistant") + 1 : 0;
    const fresh = told.slice(last).filter((each) => each.role !== "system" && each.text);
    return role === "assistant"
      ? fresh.slice(fresh.findLastIndex((each) => each.role === "user") + 1)
      : fresh;
  }
  if (isDict(value)) {
    const texts = Object.entries(value).filter(([, inner]) => typeof inner === "string");
    const named = keys.find((key) => typeof value[key] === "string");
    if (named !== undefined) return [{ role, text: String(value[named]) }];
    if (texts.length === 1 && texts[0]) return [{ role, text: String(texts[0][1]) }];
  }
  return [{ role, text: JSON.stringify(value) }];
}

function textOf(part: Part): string {
  if (part.kind === "text") return part.text;
  if (part.kind === "call")
    return `→ ${part.name}(${typeof part.args === "string" ? part.args : JSON.stringify(part.args ?? {})})`;
  if (part.kind === "answer") return part.parts.map(textOf).join("\n");
  if (part.kind === "image") return "[picture]";
  return JSON.stringify(part.value);
}
