/** Brings tools' answers and their calls together. */

import type { Message, Part } from "./chat";

/** The answers of tools by the call that they belong to, for those calls that are among the messages. */
export function answersOf(messages: readonly Message[]): ReadonlyMap<string, readonly Part[]> {
  const calls = new Set<string>();
  const found = new Map<string, readonly Part[]>();
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.kind === "call" && part.id) calls.add(part.id);
      if (part.kind === "answer" && calls.has(part.id)) found.set(part.id, part.parts);
    }
    if (calls.has(message.answers)) found.set(message.answers, message.parts);
  }
  return found;
}
