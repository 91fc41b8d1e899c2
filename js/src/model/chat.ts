/**
 * Recognises chat messages in a span's inputs and outputs, whatever library wrote
 * them. Every part keeps the path it was found at, so that what is seen can be filtered by and extracted.
 */

import type { JsonStep } from "../wire/contract";
import { type Dict, isDict, without } from "./dict";
import { pictureIn } from "./pictures";

type Path = readonly JsonStep[];

export type Part =
  | { readonly kind: "text"; readonly text: string; readonly path: Path }
  | {
      readonly kind: "call";
      /** what its answer refers to; empty when it has none */
      readonly id: string;
      readonly name: string;
      readonly args: unknown;
      readonly path: Path;
      readonly argsPath: Path;
    }
  | {
      /** a tool's answer within a message */
      readonly kind: "answer";
      readonly id: string;
      readonly parts: readonly Part[];
      readonly path: Path;
    }
  /** the path leads to base64 or to a data URL */
  | { readonly kind: "image"; readonly path: Path; readonly length: number }
  | { readonly kind: "json"; readonly label: string; readonly value: unknown; readonly path: Path };

export interface Message {
  readonly role: string;
  /** of a tool's answer: the tool's name or the id of the call */
  readonly name: string;
  /** of a tool's answer: the call that it answers */
  readonly answers: string;
  readonly path: Path;
  readonly rolePath: Path | null;
  readonly parts: readonly Part[];
}

export interface Chat {
  readonly messages: readonly Message[];
  /** what stands beside the messages in the same object */
  readonly rest: Dict | null;
}

const ROLES: Readonly<Record<string, string>> = {
  human: "user",
  ai: "assistant",
  model: "assistant",
  function: "tool",
  developer: "system",
};
const SPOKEN = new Set([
  "user",
  "assistant",
  "system",
  "tool",
  "human",
  "ai",
  "function",
  "developer",
  "model",
]);

/** Keys under which libraries keep their messages. */
const HOLDERS = [
  "messages",
  "input_messages",
  "output_messages",
  "contents",
  "chat_history",
  "input",
  "output",
  "prompt",
];

/** Messages of `value`, or null when it is something else. */
export function chatOf(value: unknown, path: Path): Chat | null {
  const whole = listOf(value, path);
  if (whole) return { messages: whole, rest: null };
  if (!isDict(value)) return null;
  if (isMessage(value)) return { messages: [message(value, path)], rest: null };
  for (const key of HOLDERS) {
    const list = listOf(value[key], [...path, key]);
    if (list) return { messages: list, rest: without(value, key) };
  }
  const { choices } = value as Dict;
  if (
    Array.isArray(choices) &&
    choices.length > 0 &&
    choices.every((choice) => isDict(choice) && isMessage(choice.message))
  ) {
    const list = choices.map((choice, n) =>
      message((choice as Dict).message as Dict, [...path, "choices", n, "message"]),
    );
    return { messages: list, rest: without(value, "choices") };
  }
  for (const key of ["message", "content"]) {
    const inner = value[key];
    if (isDict(inner) && isMessage(inner)) {
      return { messages: [message(inner, [...path, key])], rest: without(value, key) };
    }
  }
  return null;
}

function listOf(value: unknown, path: Path): Message[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  // Some record a batch: a list that holds one list of messages.
  if (value.length === 1 && Array.isArray(value[0])) return listOf(value[0], [...path, 0]);
  if (!value.every((entry) => isDict(entry) && (isMessage(entry) || isCall(entry)))) return null;
  if (!value.some((entry) => isMessage(entry))) return null;
  return value.map((entry, n) => message(entry as Dict, [...path, n]));
}

function isMessage(value: unknown): boolean {
  if (!isDict(value)) return false;
  const body = bodyOf(value);
  const spoken = typeof body.role === "string" || (typeof body.type === "string" && SPOKEN.has(body.type));
  return spoken && ("content" in body || "parts" in body || "tool_calls" in body);
}

/** An item of a list that is a call or its answer rather than something said, as OpenAI's responses have them. */
function isCall(value: Dict): boolean {
  return (
    value.type === "function_call" || value.type === "function_call_output" || value.type === "reasoning"
  );
}

/** Serialised messages keep their content one level down, under `kwargs` or `data`. */
function bodyOf(value: Dict): Dict {
  for (const key of ["kwargs", "data"]) {
    const inner = value[key];
    if (isDict(inner) && "content" in inner)
      return { ...inner, role: inner.role ?? inner.type ?? value.type };
  }
  return value;
}

function message(value: Dict, path: Path): Message {
  if (isCall(value)) return callMessage(value, path);
  const nested = ["kwargs", "data"].find((key) => isDict(value[key]) && "content" in (value[key] as Dict));
  const body = nested ? (value[nested] as Dict) : value;
  const base = nested ? [...path, nested] : path;
  const roleKey = typeof body.role === "string" ? "role" : "type";
  const said = String(body[roleKey] ?? value.type ?? "");
  const parts: Part[] = [];
  const content = "parts" in body ? "parts" : "content";
  collect(body[content], [...base, content], parts);
  const calls = body.tool_calls;
  if (Array.isArray(calls)) {
    calls.forEach((call, n) => {
      if (isDict(call)) parts.push(callPart(call, [...base, "tool_calls", n]));
    });
  }
  return {
    role: Object.hasOwn(ROLES, said) ? ROLES[said]! : said,
    name: String(body.name ?? body.tool_call_id ?? ""),
    answers: String(body.tool_call_id ?? ""),
    path,
    rolePath: roleKey in body ? [...base, roleKey] : null,
    parts,
  };
}

function callMessage(value: Dict, path: Path): Message {
  if (value.type === "function_call") {
    return { role: "assistant", name: "", answers: "", path, rolePath: null, parts: [callPart(value, path)] };
  }
  const answer = value.type === "function_call_output";
  const key = answer ? "output" : "summary";
  const parts: Part[] = [];
  collect(value[key], [...path, key], parts);
  return {
    role: answer ? "tool" : "assistant",
    name: String(value.call_id ?? ""),
    answers: answer ? String(value.call_id ?? "") : "",
    path,
    rolePath: null,
    parts,
  };
}

function callPart(call: Dict, path: Path): Part {
  const inner = isDict(call.function) ? "function" : null;
  const body = inner ? (call.function as Dict) : call;
  const argsKey = ["arguments", "args", "input"].find((key) => key in body) ?? "arguments";
  return {
    kind: "call",
    id: String(call.call_id ?? call.id ?? ""),
    name: String(body.name ?? call.name ?? "tool"),
    args: body[argsKey],
    path,
    argsPath: [...path, ...(inner ? [inner] : []), argsKey],
  };
}

function collect(content: unknown, path: Path, parts: Part[]): void {
  if (content === null || content === undefined || content === "") return;
  if (typeof content === "string") {
    parts.push({ kind: "text", text: content, path });
    return;
  }
  if (!Array.isArray(content)) {
    parts.push({ kind: "json", label: "", value: content, path });
    return;
  }
  content.forEach((block, n) => {
    const at = [...path, n];
    if (typeof block === "string") parts.push({ kind: "text", text: block, path: at });
    else if (isDict(block)) parts.push(blockPart(block, at));
    else parts.push({ kind: "json", label: "", value: block, path: at });
  });
}

function blockPart(block: Dict, path: Path): Part {
  const picture = pictureIn(block, path);
  if (picture) return picture;
  if (block.type === "tool_result" || block.type === "tool_call_response") {
    const parts: Part[] = [];
    const key = "content" in block ? "content" : "response" in block ? "response" : "result";
    collect(block[key], [...path, key], parts);
    return { kind: "answer", id: String(block.tool_use_id ?? block.id ?? ""), parts, path };
  }
  for (const key of ["text", "content"]) {
    const text = block[key];
    if (typeof text === "string") return { kind: "text", text, path: [...path, key] };
  }
  for (const key of ["function_call", "functionCall"]) {
    const call = block[key];
    if (isDict(call)) return callPart(call, [...path, key]);
  }
  if (block.type === "tool_use" || block.type === "tool_call") return callPart(block, path);
  return { kind: "json", label: typeof block.type === "string" ? block.type : "", value: block, path };
}
