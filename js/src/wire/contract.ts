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

import type { ColumnSpec, RowMode, Selection, TextResult } from "./contract/base";
import type { CompareResult, DifferenceParams, DifferenceResult } from "./contract/compared";
import type { GroupParams, GroupResult, MemberParams, SessionResult } from "./contract/groups";
import type { LabelParams, LabelResult, LabelSpec, LabelTarget, LabelsResult, RatersResult, UnlabelResult } from "./contract/labels";
import type { BrushParams, ChooseParams, FacetsParams, FacetsResult, HistogramResult } from "./contract/overview";
import type { CountResult, PageParams, PageResult } from "./contract/rows";
import type { CheckResult, ColumnResult, CompleteParams, CompleteResult, EditParams, SortParams, Target } from "./contract/texts";
import type { FindResult, ImageResult, MarkdownResult, SliceParams, SliceResult, SpanResult, TraceResult, ValueParams } from "./contract/traces";

export type * from "./contract/base";
export type * from "./contract/rows";
export type * from "./contract/traces";
export type * from "./contract/texts";
export type * from "./contract/overview";
export type * from "./contract/groups";
export type * from "./contract/compared";
export type * from "./contract/labels";

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
