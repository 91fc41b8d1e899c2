/** The one table of keys: what each does in each pane. The help panel and the handlers both read it. */

export type Pane =
  | "bar"
  | "proposals"
  | "strip"
  | "histogram"
  | "list"
  | "trace"
  | "detail"
  | "groups"
  | "compare"
  | "graph"
  | "menu"
  | "label"
  | "help";

export type Action =
  | "down"
  | "up"
  | "pageDown"
  | "pageUp"
  | "first"
  | "last"
  | "left"
  | "right"
  | "open"
  | "back"
  | "extendDown"
  | "extendUp"
  | "select"
  | "selectAll"
  | "menu"
  | "copyValue"
  | "markdown"
  | "addColumn"
  | "group"
  | "conversation"
  | "compare"
  | "removeColumn"
  | "pinColumn"
  | "columnLeft"
  | "columnRight"
  | "narrower"
  | "wider"
  | "nextMatch"
  | "previousMatch"
  | "nextError"
  | "sameName"
  | "critical"
  | "zoomIn"
  | "zoomOut"
  | "zoomFit"
  | "idle"
  | "foldLess"
  | "foldMore"
  | "nextTrace"
  | "previousTrace"
  | "nextTab"
  | "previousTab"
  | "filter"
  | "find"
  | "help"
  | "fullScreen"
  | "run"
  | "accept"
  | "propose"
  | "undo"
  | "redo"
  | "older"
  | "newer"
  | "label"
  | "value"
  | "note"
  | "nextLabel"
  | "previousLabel"
  | "whole"
  | "nextUnlabelled"
  | "raters";

export interface Key {
  readonly panes: readonly Pane[];
  /** as `nameOf` spells them */
  readonly keys: readonly string[];
  readonly action: Action;
  readonly help: string;
}

export const ROWS = ["list", "trace", "detail"] as const;
const MOVES = [...ROWS, "groups", "compare", "graph"] as const;

export const KEYS: readonly Key[] = [
  { panes: MOVES, keys: ["ArrowDown", "j"], action: "down", help: "next row" },
  { panes: MOVES, keys: ["ArrowUp", "k"], action: "up", help: "previous row" },
  { panes: MOVES, keys: ["PageDown"], action: "pageDown", help: "a page down" },
  { panes: MOVES, keys: ["PageUp"], action: "pageUp", help: "a page up" },
  { panes: MOVES, keys: ["Home"], action: "first", help: "first row" },
  { panes: MOVES, keys: ["End"], action: "last", help: "last row" },
  { panes: ["list"], keys: ["ArrowLeft"], action: "left", help: "cell to the left" },
  { panes: ["list"], keys: ["ArrowRight"], action: "right", help: "cell to the right" },
  { panes: ["trace", "detail"], keys: ["ArrowLeft"], action: "left", help: "fold, or go to the parent" },
  { panes: ["trace", "detail"], keys: ["ArrowRight"], action: "right", help: "unfold" },
  { panes: ["list"], keys: ["Enter"], action: "open", help: "open the trace, sort by a header" },
  { panes: ["trace"], keys: ["Enter"], action: "open", help: "go to the span's details" },
  { panes: ["detail"], keys: ["Enter"], action: "open", help: "fold or show" },
  { panes: ["list"], keys: ["Space"], action: "select", help: "select" },
  { panes: ["list"], keys: ["Shift+ArrowDown"], action: "extendDown", help: "extend the selection down" },
  { panes: ["list"], keys: ["Shift+ArrowUp"], action: "extendUp", help: "extend the selection up" },
  { panes: ["list"], keys: ["Ctrl+a"], action: "selectAll", help: "select all filtered" },
  { panes: ["list"], keys: ["+"], action: "addColumn", help: "add a column" },
  { panes: ["list", "groups"], keys: ["G"], action: "group", help: "group by a field, or not" },
  { panes: ["groups"], keys: ["ArrowRight"], action: "right", help: "unfold the group" },
  { panes: ["groups"], keys: ["ArrowLeft"], action: "left", help: "fold the group" },
  { panes: ["groups"], keys: ["Enter"], action: "open", help: "open the trace, fold or unfold the group" },
  { panes: ["groups"], keys: ["c"], action: "conversation", help: "the session as one conversation" },
  { panes: ["list"], keys: ["Delete"], action: "removeColumn", help: "remove the column" },
  { panes: ["list"], keys: ["P"], action: "pinColumn", help: "pin the column" },
  { panes: ["list"], keys: ["Shift+ArrowLeft"], action: "columnLeft", help: "move the column left" },
  { panes: ["list"], keys: ["Shift+ArrowRight"], action: "columnRight", help: "move the column right" },
  { panes: ["list"], keys: ["<"], action: "narrower", help: "narrow the column" },
  { panes: ["list"], keys: [">"], action: "wider", help: "widen the column" },
  { panes: ROWS, keys: ["y"], action: "copyValue", help: "copy the value" },
  { panes: ["detail"], keys: ["M"], action: "markdown", help: "lay out marked-up texts" },
  { panes: ROWS, keys: ["."], action: "menu", help: "filter or column from the value" },
  { panes: ["trace", "detail"], keys: ["n"], action: "nextMatch", help: "next match" },
  { panes: ["trace", "detail"], keys: ["p"], action: "previousMatch", help: "previous match" },
  { panes: ["trace", "detail"], keys: ["e"], action: "nextError", help: "next error" },
  { panes: ["trace", "detail"], keys: ["m"], action: "sameName", help: "next span of this name" },
  { panes: ["trace"], keys: ["c"], action: "critical", help: "critical path" },
  { panes: ["trace"], keys: ["z"], action: "zoomIn", help: "zoom to the span" },
  { panes: ["trace"], keys: ["Z"], action: "zoomOut", help: "zoom back" },
  { panes: ["trace"], keys: ["0"], action: "zoomFit", help: "the whole trace" },
  { panes: ["trace"], keys: ["i"], action: "idle", help: "leave idle time out" },
  { panes: ["trace"], keys: ["<"], action: "foldMore", help: "one level less" },
  { panes: ["trace"], keys: [">"], action: "foldLess", help: "one level more" },
  { panes: ROWS, keys: ["J"], action: "nextTrace", help: "next filtered trace" },
  { panes: ROWS, keys: ["K"], action: "previousTrace", help: "previous filtered trace" },
  { panes: ["detail"], keys: ["]"], action: "nextTab", help: "next tab" },
  { panes: ["detail"], keys: ["["], action: "previousTab", help: "previous tab" },
  { panes: MOVES, keys: ["C"], action: "compare", help: "compare the selected traces" },
  { panes: ["compare"], keys: ["n"], action: "nextMatch", help: "next change" },
  { panes: ["compare"], keys: ["p"], action: "previousMatch", help: "previous change" },
  { panes: ["compare", "graph"], keys: ["Enter"], action: "open", help: "go to the span" },
  { panes: ["graph"], keys: ["ArrowLeft"], action: "left", help: "what calls it" },
  { panes: ["graph"], keys: ["ArrowRight"], action: "right", help: "what it calls" },
  { panes: MOVES, keys: ["/"], action: "filter", help: "filter" },
  { panes: ROWS, keys: ["l"], action: "label", help: "label" },
  { panes: ["trace", "detail"], keys: ["f"], action: "find", help: "find in the trace" },
  { panes: MOVES, keys: ["F"], action: "fullScreen", help: "full screen" },
  { panes: MOVES, keys: ["?"], action: "help", help: "this table" },
  {
    panes: [...MOVES, "menu", "help", "label", "bar", "strip", "histogram", "proposals"],
    keys: ["Escape"],
    action: "back",
    help: "back",
  },
  { panes: ["help"], keys: ["?", "q"], action: "back", help: "close" },
  { panes: ["menu"], keys: ["ArrowRight", "ArrowDown"], action: "right", help: "next choice" },
  { panes: ["menu"], keys: ["ArrowLeft", "ArrowUp"], action: "left", help: "previous choice" },
  { panes: ["bar", "proposals"], keys: ["Enter"], action: "run", help: "run now, or take the proposal" },
  { panes: ["bar"], keys: ["Ctrl+Space"], action: "propose", help: "what can be written here" },
  { panes: ["proposals"], keys: ["Tab"], action: "accept", help: "take the proposal" },
  { panes: ["proposals"], keys: ["ArrowDown"], action: "down", help: "next proposal" },
  { panes: ["proposals"], keys: ["ArrowUp"], action: "up", help: "previous proposal" },
  {
    panes: ["bar", "proposals", ...MOVES],
    keys: ["Ctrl+z"],
    action: "undo",
    help: "undo a change of the filter",
  },
  { panes: ["bar", "proposals"], keys: ["Ctrl+Shift+z", "Ctrl+y"], action: "redo", help: "do it again" },
  { panes: ["strip"], keys: ["ArrowRight", "ArrowDown"], action: "right", help: "next facet" },
  { panes: ["strip"], keys: ["ArrowLeft", "ArrowUp"], action: "left", help: "previous facet" },
  { panes: ["histogram"], keys: ["ArrowLeft"], action: "left", help: "earlier" },
  { panes: ["histogram"], keys: ["ArrowRight"], action: "right", help: "later" },
  { panes: ["histogram"], keys: ["Shift+ArrowLeft"], action: "extendUp", help: "brush to the left" },
  { panes: ["histogram"], keys: ["Shift+ArrowRight"], action: "extendDown", help: "brush to the right" },
  { panes: ["histogram"], keys: ["Enter", "Space"], action: "open", help: "only these times" },
  { panes: ["histogram"], keys: ["Delete"], action: "removeColumn", help: "any time" },
  { panes: ["label"], keys: [..."123456789"], action: "value", help: "give this value" },
  { panes: ["label"], keys: ["N"], action: "note", help: "a note: why" },
  { panes: ["label"], keys: ["l"], action: "nextLabel", help: "next label" },
  { panes: ["label"], keys: ["L"], action: "previousLabel", help: "previous label" },
  { panes: ["label"], keys: ["t"], action: "whole", help: "the trace, or its span" },
  { panes: ["label"], keys: ["u"], action: "nextUnlabelled", help: "next unlabelled, in a review" },
  { panes: ["label"], keys: ["a"], action: "raters", help: "who said what" },
  { panes: ["label"], keys: ["Backspace", "Ctrl+z"], action: "undo", help: "take the last label back" },
  { panes: ["bar"], keys: ["ArrowUp"], action: "older", help: "earlier filter" },
  { panes: ["bar"], keys: ["ArrowDown"], action: "newer", help: "later filter, or the list" },
];

interface KeyLike {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** One spelling for a key press. Shift is named only where it does not already show in the character. */
export function nameOf(event: KeyLike): string {
  const key = event.key === " " ? "Space" : event.key;
  const printed = key.length === 1;
  const control = event.ctrlKey || event.metaKey;
  const name = printed && control ? key.toLowerCase() : key;
  return `${control ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey && (!printed || control) ? "Shift+" : ""}${name}`;
}

const TABLE: ReadonlyMap<string, Action> = new Map(
  KEYS.flatMap(({ panes, keys, action }) =>
    panes.flatMap((pane) => keys.map((key) => [`${pane} ${key}`, action] as const)),
  ),
);

export function actionFor(pane: Pane, event: KeyLike): Action | null {
  return TABLE.get(`${pane} ${nameOf(event)}`) ?? null;
}

/**
 * Whether a key press that did nothing here must still not reach the notebook, where a bare letter inserts or
 * cuts a cell. Combinations with Ctrl, Meta, Alt or Shift+Enter are the notebook's.
 */
export function belongsHere(event: KeyLike): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return (
    event.key.length === 1 ||
    event.key.startsWith("Arrow") ||
    ["Delete", "Backspace", "Home", "End", "PageUp", "PageDown"].includes(event.key) ||
    (event.key === "Enter" && !event.shiftKey)
  );
}
