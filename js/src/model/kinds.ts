/** The kinds of span: a letter and a colour class each, so that colour never speaks alone. */

export interface Kind {
  readonly letter: string;
  /** suffix of the CSS class that carries the colour */
  readonly hue: string;
  readonly label: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  LLM: { letter: "L", hue: "llm", label: "LLM" },
  CHAT_MODEL: { letter: "L", hue: "llm", label: "chat model" },
  AGENT: { letter: "A", hue: "agent", label: "agent" },
  TOOL: { letter: "T", hue: "tool", label: "tool" },
  RETRIEVER: { letter: "R", hue: "retriever", label: "retriever" },
  RERANKER: { letter: "K", hue: "retriever", label: "reranker" },
  EMBEDDING: { letter: "E", hue: "embedding", label: "embedding" },
  MEMORY: { letter: "M", hue: "embedding", label: "memory" },
  CHAIN: { letter: "C", hue: "chain", label: "chain" },
  WORKFLOW: { letter: "W", hue: "chain", label: "workflow" },
  TASK: { letter: "W", hue: "chain", label: "task" },
  PARSER: { letter: "P", hue: "chain", label: "parser" },
  EVALUATOR: { letter: "V", hue: "evaluator", label: "evaluator" },
  GUARDRAIL: { letter: "G", hue: "guardrail", label: "guardrail" },
};

const OTHER: Kind = { letter: "·", hue: "other", label: "" };

export function kindOf(type: string): Kind {
  return Object.hasOwn(KINDS, type) ? (KINDS[type] ?? OTHER) : OTHER;
}
