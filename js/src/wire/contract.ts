/**
 * The wire between the widget and Python, typed once on this side (`spanglass/explorer/wire.py` is the other).
 *
 * Request  {v, id, method, params}        v: the random id of a view; id: a counter within it
 * Cancel   {v, cancel: id}
 * Reply    {v, re, ok: true} + one buffer of UTF-8 JSON, or {v, re, error: WireError}
 * Push     {push: "rows", question: Question} + one buffer, from Python without being asked; answered with
 *          {v, cancel: 0}, which cancels nothing, to say that somebody is there
 *          or {push: "labels"}: somebody said something of traces
 *
 * A reply reaches every view of the model: one whose `v` is not ours is ignored. Handlers in Python enqueue to
 * workers, so replies come in any order.
 */

export interface WireError {
  /** "filter" (has diagnostics), "where" (a Python function raised), "cancelled", "deadline", "gone" (trace or span not there any more), "method", "internal" */
  readonly kind: string;
  readonly message: string;
  readonly diagnostics?: readonly Diagnostic[];
}

export interface Fix {
  readonly label: string;
  /** the whole filter text with the fix applied */
  readonly text: string;
}

/** Something to say about a part of the filter text; `start` and `end` count UTF-16 code units. */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly fixes: readonly Fix[];
}

export type RowMode = "traces" | "spans";

/** An extra column: a field path, or one with the choice among several values and a name of its own. */
export type ColumnSpec = string | { readonly path: string; readonly pick?: string; readonly name?: string };

/** Rows as parallel lists. `cells[c][r]` is the value of extra column c in row r, cut to a short preview. */
export interface Rows {
  readonly trace_id: readonly string[];
  /** empty in traces mode */
  readonly span_id: readonly string[];
  readonly time_ms: readonly number[];
  readonly name: readonly string[];
  readonly type: readonly string[];
  readonly status: readonly string[];
  readonly duration_ms: readonly (number | null)[];
  readonly tokens: readonly (number | null)[];
  readonly errors: readonly number[];
  readonly cells: readonly (readonly unknown[])[];
}

export interface PageParams {
  readonly filter: string;
  readonly rows: RowMode;
  readonly columns: readonly ColumnSpec[];
  /** the first row wanted (0-based); `after` is used instead when given */
  readonly at?: number;
  /** the keyset token of the page before */
  readonly after?: string;
  readonly limit?: number;
}

export interface PageResult {
  readonly filter: string;
  /** index of the first row; -1 when reached through `after` from a page whose index the caller knows */
  readonly at: number;
  readonly rows: Rows;
  readonly next: string | null;
  readonly ms: number;
  /** warnings; an empty result has a code "empty" entry that says which part killed it */
  readonly diagnostics: readonly Diagnostic[];
}

/** What the rows of a list answer. */
export interface Question {
  readonly filter: string;
  readonly rows: RowMode;
  readonly columns: readonly ColumnSpec[];
  readonly predicates: readonly string[];
}

/** What recording changed: rows that the question finds, and traces that grew. */
export interface Push {
  readonly rows: Rows;
  /** there are more, which did not come */
  readonly more: boolean;
  /** rows that began later were not there when the explorer was opened */
  readonly since_ms: number;
  /** the kernel's clock */
  readonly now_ms: number;
  readonly traces: readonly TraceResult[];
}

export interface CountResult {
  readonly filter: string;
  readonly total: number;
  /** all traces (or spans) there are, without a filter */
  readonly of: number;
}

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

export type JsonStep = string | number;

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
  readonly events: readonly { readonly name: string; readonly time_ms: number; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly links: readonly { readonly trace_id: string; readonly span_id: string; readonly attributes: Readonly<Record<string, unknown>> }[];
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
export type MarkdownNode = string | readonly [tag: string, link: string | null, nodes: readonly MarkdownNode[]];

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

/**
 * A value on the screen, so that Python can write it as a filter or as a column.
 * `path` begins with the field: ["status"], ["tag", "env"], ["inputs", "messages", 0, "content"],
 * ["attributes", "gen_ai.request.model"], ["event", "exception", "exception.type"], ["column", "tag.env"].
 * `span` is given where the value belongs to a span.
 */
export interface Target {
  readonly trace_id: string | null;
  readonly span?: { readonly span_id: string; readonly name: string };
  readonly path: readonly JsonStep[];
  readonly value: unknown;
}

export type EditOp = "=" | "!=" | ">=" | "<=" | "contains" | "not contains";

export interface EditParams {
  readonly filter: string;
  readonly op: EditOp;
  readonly target: Target;
}

export interface SortParams {
  readonly filter: string;
  /** what a row is: in spans mode a column's key speaks of the row's own span; "traces" when left out */
  readonly rows?: RowMode;
  /** base column ("time", "name", "status", "duration", "tokens") or the path of an extra one */
  readonly column: string;
  readonly direction: "asc" | "desc" | null;
}

export interface TextResult {
  /** the whole new filter text */
  readonly filter: string;
}

export interface ColumnResult {
  /** ways to take the value as a column; more than one where the span's name repeats in its trace */
  readonly options: readonly { readonly label: string; readonly column: ColumnSpec }[];
  /** index of the option that contains the value clicked */
  readonly preselect: number;
}

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  /** an English sentence that says what the filter asks; empty where it has an error */
  readonly gloss: string;
}

export interface CompleteParams {
  readonly filter: string;
  /** where the text cursor is, in UTF-16 code units */
  readonly cursor: number;
}

/** One proposal: what is shown, what is written, and what it is. */
export interface Proposal {
  readonly label: string;
  readonly insert: string;
  readonly kind: "field" | "prefix" | "key" | "span" | "function" | "relation" | "operator" | "word" | "value" | "parameter";
  /** a few words about it; those of a value that the rest of the filter leaves begin with "~" */
  readonly detail: string;
  /** traces that have it, null where that is not known */
  readonly count: number | null;
}

export interface CompleteResult {
  /** what an item's `insert` takes the place of, in UTF-16 code units; the new text cursor is behind it */
  readonly from: number;
  readonly to: number;
  /** the likeliest first, already filtered by what is typed */
  readonly items: readonly Proposal[];
  /** whether `refine`, asked with the same place, has better items: values under the rest of the filter */
  readonly refinable: boolean;
}

export type Scalar = string | number | boolean;

/** A filter wants a value of a facet, or wants it not. */
export type Want = "in" | "out";

export interface FacetsParams {
  readonly filter: string;
  readonly rows: RowMode;
  /** paths of fields that are wanted besides the usual ones */
  readonly fields: readonly string[];
}

export interface FacetValue {
  readonly value: Scalar;
  readonly count: number;
  readonly want: Want | null;
}

/** A field and its most frequent values in what the filter finds but for its own choice among them. */
export interface Facet {
  /** the path of the field, as a column has it */
  readonly field: string;
  readonly values: readonly FacetValue[];
}

export interface Condition {
  readonly text: string;
  /** the whole filter without it */
  readonly without: string;
}

export interface FacetsResult {
  readonly filter: string;
  readonly facets: readonly Facet[];
  /** the conditions that neither a facet nor the histogram shows, each with the filter that lacks it */
  readonly others: readonly Condition[];
  /** counting took too long, and some facets are left out */
  readonly late: boolean;
}

/** Traces over time in bars of one width, in what the filter finds at any time. */
export interface HistogramResult {
  readonly filter: string;
  readonly start_ms: number;
  readonly width_ms: number;
  readonly count: readonly number[];
  readonly errors: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p95_ms: readonly (number | null)[];
  /** durations of all that the filter finds */
  readonly all_p50_ms: number | null;
  readonly all_p95_ms: number | null;
  /** the times that the filter asks for; null where it leaves them open */
  readonly from_ms: number | null;
  readonly to_ms: number | null;
}

export interface ChooseParams {
  readonly filter: string;
  readonly rows: RowMode;
  readonly field: string;
  readonly value: Scalar;
  /** null: the filter says nothing about the value any more */
  readonly want: Want | null;
}

export interface BrushParams {
  readonly filter: string;
  /** null: at any time */
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  /** the times may be moved apart by less than this, to be short to read */
  readonly step_ms: number;
}

export interface FindResult {
  /** preorder numbers of the spans whose name or contents contain the text */
  readonly matches: readonly number[];
}

export interface GroupParams {
  readonly filter: string;
  readonly rows: RowMode;
  /** the path of a field, as a column has it */
  readonly by: string;
}

/** Groups of rows that share a value, the largest first, as parallel lists. */
export interface GroupResult {
  readonly filter: string;
  readonly by: string;
  /** null: the rows that have no value */
  readonly value: readonly (Scalar | null)[];
  readonly count: readonly number[];
  readonly errors: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p95_ms: readonly (number | null)[];
  readonly tokens: readonly (number | null)[];
  readonly cost: readonly (number | null)[];
  readonly first_ms: readonly (number | null)[];
  readonly last_ms: readonly (number | null)[];
  /** groups there are, of which the largest came */
  readonly total: number;
  readonly ms: number;
}

export interface MemberParams extends GroupParams {
  readonly value: Scalar | null;
}

/** One trace of a session: what its root was asked, and what it answered. */
export interface Turn {
  readonly trace_id: string;
  readonly name: string;
  readonly status: string;
  readonly time_ms: number;
  readonly duration_ms: number | null;
  readonly tokens: number | null;
  readonly inputs: unknown;
  readonly outputs: unknown;
}

export interface SessionResult {
  readonly session_id: string;
  readonly turns: readonly Turn[];
  /** traces of the session, of which the first came */
  readonly total: number;
}

/** One of the traces beside each other. */
export interface ComparedTrace {
  readonly trace_id: string;
  readonly name: string;
  readonly status: string;
  readonly time_ms: number;
  readonly duration_ms: number | null;
  readonly tokens: number | null;
  readonly cost: number | null;
  readonly spans: number;
}

/** The spans of one of two traces, as they stand beside those of the other; id null where it has none. */
export interface Side {
  readonly id: readonly (string | null)[];
  /** indices into `names` and `types` */
  readonly name: readonly number[];
  readonly type: readonly number[];
  /** 0 unset, 1 ok, 2 error */
  readonly status: readonly number[];
  readonly duration: readonly (number | null)[];
  readonly tokens: readonly (number | null)[];
  readonly cost: readonly (number | null)[];
}

/** Two traces span by span, in preorder. */
export interface ComparedPairs {
  readonly depth: readonly number[];
  /** what differs in a pair, as bits: 1 inputs, 2 outputs, 4 name or kind, 8 status */
  readonly change: readonly number[];
  readonly a: Side;
  readonly b: Side;
  readonly names: readonly string[];
  readonly types: readonly string[];
  /** rows that were too many to travel */
  readonly left: number;
}

/** Several traces name by name: of each measure a row per name, and in it a value per trace. */
export interface ComparedNames {
  readonly name: readonly string[];
  readonly type: readonly string[];
  readonly calls: readonly (readonly number[])[];
  readonly errors: readonly (readonly number[])[];
  readonly duration: readonly (readonly (number | null)[])[];
  readonly tokens: readonly (readonly (number | null)[])[];
  readonly cost: readonly (readonly (number | null)[])[];
  /** names that were too many to travel */
  readonly left: number;
}

/** Of two traces `pairs`, of more `names`; the other is null. */
export interface CompareResult {
  readonly traces: readonly ComparedTrace[];
  /** more traces are selected than are compared */
  readonly more: boolean;
  readonly pairs: ComparedPairs | null;
  readonly names: ComparedNames | null;
}

/** A line that is gone, new, in both, or says how many of these were left out; a part of it, and whether it changed. */
export type DiffLine = readonly [sign: "-" | "+" | " " | "…", parts: readonly (readonly [string, boolean])[]];

export interface DiffResult {
  readonly same: boolean;
  readonly lines: readonly DiffLine[];
  /** lines that were too many to travel */
  readonly left: number;
  /** a value was too long to be compared to its end */
  readonly cut: boolean;
}

export interface SpanParams {
  readonly trace_id: string;
  readonly span_id: string;
}

export interface DifferenceParams {
  readonly a: SpanParams | null;
  readonly b: SpanParams | null;
}

export interface DifferenceResult {
  /** what is said of a span beside its contents: a word for it, and both values */
  readonly facts: readonly (readonly [string, string | number | null, string | number | null])[];
  readonly inputs: DiffResult;
  readonly outputs: DiffResult;
}

/** What people are asked to say: the keys 1 to 9 give the values. */
export interface LabelSpec {
  readonly name: string;
  readonly values: readonly Scalar[];
}

/** What is labelled: a trace, one of its spans, or all that is selected. */
export type LabelTarget =
  | { readonly trace_id: string; readonly span_id: string | null }
  | { readonly selection: Selection };

export interface LabelParams {
  readonly target: LabelTarget;
  readonly name: string;
  readonly value: Scalar;
  /** why; null for no words about it */
  readonly note: string | null;
}

export interface LabelCount {
  readonly value: unknown;
  /** on how many of the things meant */
  readonly count: number;
}

export interface LabelGiven {
  readonly name: string;
  /** what the rater said, the most frequent value first */
  readonly values: readonly LabelCount[];
  /** the note that all of them have */
  readonly note: string | null;
}

/** What another than the rater said. */
export interface Opinion {
  readonly name: string;
  readonly rater: string;
  readonly value: unknown;
  readonly note: string | null;
}

/** How many of the traces of a review have all their labels. */
export interface Progress {
  readonly labelled: number;
  readonly total: number;
}

export interface LabelsResult {
  /** how many things are meant */
  readonly of: number;
  /** for each label of the schema, in its order */
  readonly given: readonly LabelGiven[];
  /** of a single thing what others said, by any name */
  readonly others: readonly Opinion[];
  /** how many labellings can be taken back */
  readonly undo: number;
  /** null where no review is under way */
  readonly progress: Progress | null;
  /** where a review goes on: the next trace that lacks a label */
  readonly next: string | null;
}

export interface LabelResult {
  /** how many things have another label now */
  readonly changed: number;
  readonly labels: LabelsResult;
}

export interface UnlabelResult {
  readonly name: string;
  readonly value: Scalar;
  readonly changed: number;
  /** what it was a label of; null where that was a selection */
  readonly trace_id: string | null;
  readonly span_id: string | null;
}

/** Two raters: how many things both rated, on which share of them they agree, and Cohen's kappa. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly things: number;
  readonly agree: number;
  readonly kappa: number | null;
}

/** One thing that at least two rated. */
export interface Rated {
  readonly trace_id: string;
  readonly span_id: string | null;
  /** the trace's name */
  readonly trace: string;
  /** what each rater said, null where nothing */
  readonly said: readonly unknown[];
  readonly differ: boolean;
}

export interface RatedLabel {
  readonly name: string;
  /** Krippendorff's; null where it cannot be told from chance */
  readonly alpha: number | null;
  readonly raters: readonly string[];
  readonly pairs: readonly Pair[];
  /** things that at least two rated, and how many of them not alike */
  readonly things: number;
  readonly differ: number;
  /** the first of these things, those rated differently before the others */
  readonly rated: readonly Rated[];
}

export interface RatersResult {
  readonly filter: string;
  /** labels that at least two have given, the most frequent first */
  readonly labels: readonly RatedLabel[];
  /** there are more traces than were read */
  readonly late: boolean;
}

/** The second script of the front end, which holds what few visits need. */
export interface MoreResult {
  readonly script: string;
}

/** The one table of methods: name, what goes, what comes. */
export interface Methods {
  /** runs a filter; on success `filter` becomes the widget's filter when `commit` is true */
  readonly page: { params: PageParams & { readonly commit?: boolean }; result: PageResult };
  readonly count: { params: { readonly filter: string; readonly rows: RowMode }; result: CountResult };
  readonly trace: { params: { readonly trace_id: string; readonly filter: string }; result: TraceResult };
  readonly span: { params: { readonly trace_id: string; readonly span_id: string }; result: SpanResult };
  readonly slice: { params: SliceParams; result: SliceResult };
  readonly markdown: { params: ValueParams; result: MarkdownResult };
  readonly image: { params: ValueParams; result: ImageResult };
  readonly check: { params: { readonly filter: string; readonly rows: RowMode }; result: CheckResult };
  /** what can be written at the cursor, at once, from what the store has seen; no text is an error */
  readonly complete: { params: CompleteParams; result: CompleteResult };
  /** the same with values as the newest matches of the rest of the filter have them: a query, which may take a while */
  readonly refine: { params: CompleteParams; result: CompleteResult };
  readonly edit: { params: EditParams; result: TextResult };
  readonly sort: { params: SortParams; result: TextResult };
  readonly facets: { params: FacetsParams; result: FacetsResult };
  readonly histogram: { params: { readonly filter: string; readonly bars: number }; result: HistogramResult };
  readonly choose: { params: ChooseParams; result: TextResult };
  readonly brush: { params: BrushParams; result: TextResult };
  readonly column: { params: { readonly target: Target }; result: ColumnResult };
  readonly find: { params: { readonly trace_id: string; readonly text: string }; result: FindResult };
  readonly group: { params: GroupParams; result: GroupResult };
  /** the filter for the rows of one group */
  readonly member: { params: MemberParams; result: TextResult };
  readonly session: { params: { readonly session_id: string }; result: SessionResult };
  /** the selected traces beside each other */
  readonly compare: { params: { readonly selection: Selection }; result: CompareResult };
  /** what became of a span of one trace in another */
  readonly difference: { params: DifferenceParams; result: DifferenceResult };
  /** stores what the rater says, in the place of what they said before */
  readonly label: { params: LabelParams; result: LabelResult };
  /** takes the last labelling back */
  readonly unlabel: { params: Readonly<Record<string, never>>; result: UnlabelResult };
  /** what has been said */
  readonly labels: { params: { readonly target: LabelTarget }; result: LabelsResult };
  /** who said what, side by side */
  readonly raters: { params: { readonly filter: string }; result: RatersResult };
  readonly more: { params: Readonly<Record<string, never>>; result: MoreResult };
}

export type Method = keyof Methods;

/**
 * The traits. Python owns `filter` (JS changes it through `page` with `commit`) and `boot`; JS writes
 * `columns`, `selection`, `active`, `screen` and saves at once, without debounce, so that a cell run right after
 * a click sees them.
 */
export interface Traits {
  /** the last valid filter text */
  filter: string;
  columns: readonly ColumnSpec[];
  /** what is selected: single rows, or everything that a filter finds, minus some */
  selection: Selection;
  /** the open trace and span */
  active: readonly [string | null, string | null];
  /** names of the Python functions that narrow what the filter finds; a shorter list takes the others away */
  predicates: readonly string[];
  /** how the panes are arranged; not named `layout`, which ipywidgets keeps for its own CSS layout model */
  screen: Layout;
  height: number;
  /** the labels that are asked for, who gives them, and whether the traces shown are gone through one by one */
  labels: readonly LabelSpec[];
  rater: string;
  reviewing: boolean;
  /** opening state, so that the first page needs no round trip */
  boot: Boot;
}

/** A row's key is its trace id, or [trace id, span id] in spans mode. */
export type RowKey = string | readonly [string, string];

export type Selection =
  | { readonly ids: readonly RowKey[] }
  | { readonly all: true; readonly filter: string; readonly rows: RowMode; readonly except: readonly RowKey[] };

export interface Layout {
  readonly rows?: RowMode;
  /** shares of the three panes, in percent */
  readonly panes?: readonly [number, number, number];
  /** widths of list columns in px by name */
  readonly widths?: Readonly<Record<string, number>>;
  /** the list's columns: base ones that it leaves out are hidden, every other name is a place for the next extra one */
  readonly order?: readonly string[];
  /** columns that stay in sight when the list scrolls sideways */
  readonly pinned?: readonly string[];
  /** the path of a field: the list shows its values, and what the rows of each add up to */
  readonly group?: string;
}

export interface Boot {
  /** version of this wire; the front end refuses another one with a message */
  readonly wire: 1;
  readonly page: PageResult | null;
  readonly count: CountResult | null;
  /** the text of a failure to read the store at opening, if there was one */
  readonly error: string | null;
  /** words for the colouring of the filter box */
  readonly keywords: readonly string[];
  /** name of the store, to be shown: a file's name, never its path */
  readonly source: string;
  /** traces that are compared with each other as soon as one of the two is opened */
  readonly pairs?: readonly (readonly [string, string])[];
  /** it is a page without Python: the filter is read, not written */
  readonly file?: true;
}
