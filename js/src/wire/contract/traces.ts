/** One trace, its spans, and what is in them. */

import type { JsonStep } from "./base";

/** A trace as columns in preorder. A span's children are the ones that follow it within its `size`. */
export interface TraceResult {
  readonly trace_id: string;
  readonly name: string;
  readonly status: string;
  readonly time_ms: number;
  readonly duration_ms: number | null;
  readonly tokens: number | null;
  readonly cost: number | null;
  readonly session_id: string | null;
  readonly user_id: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly assessments: readonly AssessmentResult[];
  readonly spans: {
    readonly id: readonly string[];
    /** ms after the trace's start */
    readonly start: readonly number[];
    /** ms; null while running */
    readonly duration: readonly (number | null)[];
    readonly depth: readonly number[];
    /** spans in the subtree, itself included */
    readonly size: readonly number[];
    /** indices into `names` and `types` */
    readonly name: readonly number[];
    readonly type: readonly number[];
    /** 0 unset, 1 ok, 2 error */
    readonly status: readonly number[];
    readonly tokens: readonly (number | null)[];
  };
  readonly names: readonly string[];
  readonly types: readonly string[];
  /** row numbers of the spans that the filter's last block matches */
  readonly matches: readonly number[];
}

export interface AssessmentResult {
  readonly name: string;
  readonly kind: "feedback" | "expectation";
  readonly value: unknown;
  readonly rationale: string | null;
  readonly source_type: string;
  readonly source_id: string;
  readonly span_id: string | null;
}

/**
 * What had to be left out of a value or changed to travel: `path` leads from the span's detail object
 * (["inputs", "messages", 0, "content"]) to a text that holds only its first characters, an array or object
 * that holds only its first entries, or a number too long for JavaScript that arrives as text.
 */
export interface Cut {
  readonly path: readonly JsonStep[];
  readonly kind: "text" | "items" | "keys" | "number";
  /** full length in UTF-16 code units (a JavaScript string's `length`), items or keys */
  readonly length: number;
}

export interface SpanResult {
  readonly trace_id: string;
  readonly span_id: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly status_message: string;
  readonly start_ms: number;
  readonly duration_ms: number | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost: number | null;
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly time_ms: number;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly links: readonly {
    readonly trace_id: string;
    readonly span_id: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly cuts: readonly Cut[];
}

export interface SliceParams {
  readonly trace_id: string;
  readonly span_id: string;
  readonly path: readonly JsonStep[];
  readonly from: number;
  readonly to: number;
}

/** A value of a span, by the path that leads from its detail object to it. */
export interface ValueParams {
  readonly trace_id: string;
  readonly span_id: string;
  readonly path: readonly JsonStep[];
}

/** A text, or an element of an allowed kind: its tag, the address of a link, what it holds. */
export type MarkdownNode =
  | string
  | readonly [tag: string, link: string | null, nodes: readonly MarkdownNode[]];

export interface MarkdownResult {
  readonly nodes: readonly MarkdownNode[];
  /** characters of the text that were too many to be laid out */
  readonly left: number;
}

/** A picture that was checked: its kind by its own bytes, and these in base64. */
export interface ImageResult {
  readonly kind: string;
  readonly data: string;
}

export interface SliceResult {
  /** for a cut text: its `slice(from, to)` in UTF-16 code units; for items or keys: JSON of that stretch, which may be shorter than asked */
  readonly value: unknown;
  readonly length: number;
  /** what had to be left out of the stretch in turn; paths lead from the span's detail object */
  readonly cuts: readonly Cut[];
}

export interface FindResult {
  /** preorder numbers of the spans whose name or contents contain the text */
  readonly matches: readonly number[];
}

export interface SpanParams {
  readonly trace_id: string;
  readonly span_id: string;
}
