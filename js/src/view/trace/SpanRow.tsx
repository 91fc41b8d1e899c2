import { duration, visible } from "../../model/format";
import { kindOf } from "../../model/kinds";
import { fill, indent, overlaps, place, underline, type Window } from "../../model/layout";
import { selfTime } from "../../model/selftime";
import type { Tree } from "../../model/tree";
import type { Open } from "../../state/traces";
import { Badge } from "../chrome/Badge";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { Value } from "../menu/Value";

export interface LineProps {
  readonly open: Open;
  /** the tree as time is drawn */
  readonly drawn: Tree;
  /** a row, or a group of siblings */
  readonly line: number;
  readonly y: number;
  readonly width: number;
  readonly window: Window;
  readonly current: boolean;
}

/** Share of the pane that the tree takes, its least px, and px that a name keeps whatever its depth. */
const TREE_SHARE = 0.42;
const LEAST_TREE = 150;
const NAME_ROOM = 120;
export const ERROR = 2;

/** Px that a name is moved to the right by its depth. */
export function shiftOf(depth: number, width: number): number {
  return indent(depth, Math.max(LEAST_TREE, width * TREE_SHARE), NAME_ROOM);
}

export function SpanRow({ open, drawn, line: row, y, width, window, current }: LineProps) {
  const { trace, screen } = useApp();
  const { tree, result } = open;
  const { spans } = result;
  const name = result.names[spans.name[row]!] ?? "";
  const type = result.types[spans.type[row]!] ?? "";
  const bad = spans.status[row] === ERROR;
  const parent = tree.size[row]! > 1;
  const folded = trace.folded.value.has(row);
  const match = trace.matches.value.has(row) && trace.matches.value.size < tree.count;
  const shift = shiftOf(tree.depth[row]!, width);
  const span = { span_id: spans.id[row]!, name };
  const ms = spans.duration[row] ?? null;
  return (
    <div
      class={`sg-row sg-span ${current ? "sg-open" : ""} ${bad ? "sg-bad" : ""} ${match ? "sg-match" : ""}`}
      role="row"
      data-row={row}
      tabIndex={current ? 0 : -1}
      aria-level={tree.depth[row]! + 1}
      aria-rowindex={row + 1}
      aria-selected={current}
      {...(parent ? { "aria-expanded": !folded } : {})}
      style={{ transform: `translateY(${y}px)` }}
      onClick={() => {
        trace.go(row);
        if (screen.mode.value === "one") screen.look("detail");
      }}
      onDblClick={() => screen.look("detail")}
    >
      <span
        role="gridcell"
        class="sg-cell sg-tree"
        style={{ paddingLeft: `${4 + shift}px`, "--shift": `${shift}px` }}
      >
        <span
          class={`sg-twist ${parent ? "" : "sg-leaf"} ${folded ? "" : "sg-down"}`}
          onClick={(event) => {
            if (!parent) return;
            event.stopPropagation();
            trace.toggle(row);
          }}
        >
          {parent && <Icon name="fold" />}
        </span>
        <Badge type={type} />
        <Value
          target={{ trace_id: result.trace_id, span, path: ["name"], value: name }}
          class="sg-name"
          title={name}
        >
          {visible(name) || "–"}
        </Value>
        {folded && <span class="sg-pill">{tree.size[row]! - 1}</span>}
        {bad && <b class="sg-bang">!</b>}
      </span>
      <span role="gridcell" class={`sg-cell sg-lane sg-k-${kindOf(type).hue}`} title={timing(tree, row)}>
        <Bar drawn={drawn} row={row} window={window} />
      </span>
      <span role="gridcell" class="sg-cell sg-right sg-took">
        <Value target={{ trace_id: result.trace_id, span, path: ["duration"], value: ms }}>
          {duration(ms)}
        </Value>
      </span>
    </div>
  );
}

/** When it began, how long it took and how much of that was its own work. */
function timing(tree: Tree, row: number): string {
  const began = `began at ${duration(tree.start[row]! - tree.from)}`;
  const took = `${tree.open[row] ? "runs since" : "took"} ${duration(tree.end[row]! - tree.start[row]!)}`;
  return tree.size[row]! > 1
    ? `${began}, ${took}, of it ${duration(selfTime(tree, row))} itself`
    : `${began}, ${took}`;
}

function Bar({ drawn, row, window }: { drawn: Tree; row: number; window: Window }) {
  const { trace } = useApp();
  const [from, to] = [drawn.start[row]!, drawn.end[row]!];
  const path = trace.path.value?.get(row);
  return (
    <>
      <Stretch
        from={from}
        to={to}
        window={window}
        background={fill(drawn, row)}
        class={drawn.open[row] ? "sg-running" : ""}
      />
      {path &&
        underline(path, window).map((line) => (
          <i key={line.left} class="sg-path" style={{ left: `${line.left}%`, width: `${line.width}%` }} />
        ))}
    </>
  );
}

interface StretchProps {
  readonly from: number;
  readonly to: number;
  readonly window: Window;
  readonly background: string | null;
  readonly class: string;
}

/** A bar, where some of it is in the window: at least 3 px, also at the right edge. */
export function Stretch({ from, to, window, background, class: name }: StretchProps) {
  if (!overlaps(from, to, window)) return null;
  const bar = place(from, to, window);
  return (
    <i
      class={`sg-bar-span ${name}`}
      style={{
        left: `min(${bar.left}%, 100% - 3px)`,
        width: `max(3px, ${bar.width}%)`,
        ...(background ? { background } : {}),
      }}
    />
  );
}
