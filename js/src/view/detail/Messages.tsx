/** Chat messages by role; a tool's call stands with its arguments. */

import { answersOf } from "../../model/answers";
import type { Message, Part } from "../../model/chat";
import { pathId } from "../../model/json";
import type { SpanResult } from "../../wire/contract";
import { Badge } from "../chrome/Badge";
import { useApp } from "../context";
import { More } from "../More";
import { Value } from "../menu/Value";
import { LONG, Text } from "./Text";
import { Tree } from "./Tree";

export function Messages({ span, messages }: { span: SpanResult; messages: readonly Message[] }) {
  const answers = answersOf(messages);
  /** What stands beside its call is not said again. */
  const told = (message: Message): boolean =>
    answers.has(message.answers) ||
    (message.parts.length > 0 &&
      message.parts.every((part) => part.kind === "answer" && answers.has(part.id)));
  return (
    <div class="sg-chat">
      {messages.map(
        (message) =>
          !told(message) && (
            <One key={pathId(message.path)} span={span} message={message} answers={answers} />
          ),
      )}
    </div>
  );
}

type Answers = ReadonlyMap<string, readonly Part[]>;

const KNOWN = new Set(["user", "assistant", "system", "tool"]);

function One({ span, message, answers }: { span: SpanResult; message: Message; answers: Answers }) {
  const { detail } = useApp();
  const id = `message ${pathId(message.path)}`;
  const length = message.parts.reduce((sum, part) => sum + (part.kind === "text" ? part.text.length : 0), 0);
  const long = length > LONG;
  // Instructions are the same in every call: they begin folded, what was said does not.
  const folded = long && (message.role === "system") !== detail.toggled.value.has(id);
  const hue = KNOWN.has(message.role) ? message.role : "other";
  const role = message.role || "message";
  return (
    <div class={`sg-said-by sg-by-${hue}`} data-open={String(!folded)}>
      <div class="sg-role">
        {message.rolePath ? (
          <Value
            target={{
              trace_id: span.trace_id,
              span: { span_id: span.span_id, name: span.name },
              path: message.rolePath,
              value: message.role,
            }}
            stop
          >
            {role}
          </Value>
        ) : (
          role
        )}
        {message.name && <span class="sg-muted">{message.name}</span>}
        {long && (
          <button
            type="button"
            class="sg-fold"
            data-toggle=""
            aria-expanded={!folded}
            onClick={() => detail.toggle(id)}
          >
            {folded ? "show" : "fold"}
          </button>
        )}
      </div>
      <div class={folded ? "sg-folded" : ""}>
        {message.parts.map((part) => (
          <Piece key={pathId(part.path)} span={span} part={part} answers={answers} />
        ))}
        {message.parts.length === 0 && <span class="sg-muted">empty</span>}
      </div>
    </div>
  );
}

function Piece({ span, part, answers }: { span: SpanResult; part: Part; answers: Answers }) {
  if (part.kind === "image") return <More part="Picture" span={span} path={part.path} />;
  if (part.kind === "answer") {
    return answers.has(part.id) ? null : <Answer span={span} parts={part.parts} answers={answers} />;
  }
  if (part.kind === "text") return <Text span={span} text={part.text} path={part.path} />;
  if (part.kind === "json")
    return <Tree span={span} value={part.value} root={part.path} label={part.label} />;
  const args = parsed(part.args);
  return (
    <div class="sg-call">
      <span class="sg-call-name">
        <Badge type="TOOL" /> {part.name}
      </span>
      {args !== null && typeof args === "object" ? (
        <Tree span={span} value={args} root={part.argsPath} bare />
      ) : (
        args !== undefined && args !== null && <Text span={span} text={String(args)} path={part.argsPath} />
      )}
      {answers.has(part.id) && <Answer span={span} parts={answers.get(part.id) ?? []} answers={answers} />}
    </div>
  );
}

/** What a tool answered, under its call. */
function Answer({ span, parts, answers }: { span: SpanResult; parts: readonly Part[]; answers: Answers }) {
  return (
    <div class="sg-answer">
      <span class="sg-muted">result</span>
      {parts.map((part) => (
        <Piece key={pathId(part.path)} span={span} part={part} answers={answers} />
      ))}
      {parts.length === 0 && <span class="sg-muted">empty</span>}
    </div>
  );
}

/** Arguments often travel as JSON in a string. */
function parsed(args: unknown): unknown {
  if (typeof args !== "string" || !/^\s*[{[]/.test(args)) return args;
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}
