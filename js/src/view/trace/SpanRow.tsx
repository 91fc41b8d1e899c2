import { duration } from "../../model/format";
import { kindOf } from "../../model/kinds";
import { fill, indent, place, underline, type Window } from "../../model/layout";
import type { Open } from "../../state/trace";
import { Badge } from "../chrome/Badge";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { Value } from "../menu/Value";

interface Props {
  readonly open: Open;
  readonly row: number;
  readonly y: number;
  readonly width: number;
  readonly window: Window;
  readonly current: boolean;
}

/** Share of the pane that the tree takes, and px that a name keeps whatever its depth. */
const TREE_SHARE = 0.42;
const NAME_ROOM = 96;
const ERROR = 2;

export function SpanRow({ open, row, y, width, window, current }: Props) {
  const { trace, screen } = useApp();
  const { tree, result } = open;
  const { spans } = result;
  const name = result.names[spans.name[row]!] ?? "";
  const type = result.types[spans.type[row]!] ?? "";
  const bad = spans.status[row] === ERROR;
  const parent = tree.size[row]! > 1;
  const folded = trace.folded.value.has(row);
  const match = trace.matches.value.has(row) && trace.matches.value.size < tree.count;
  const shift = indent(tree.depth[row]!, Math.max(150, width * TREE_SHARE), NAME_ROOM);
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
          {name || "–"}
        </Value>
        {folded && <span class="sg-pill">{tree.size[row]! - 1}</span>}
        {bad && <b class="sg-bang">!</b>}
      </span>
      <span role="gridcell" class={`sg-cell sg-lane sg-k-${kindOf(type).hue}`}>
        <Bar open={open} row={row} window={window} />
      </span>
      <span role="gridcell" class="sg-cell sg-right sg-took">
        <Value target={{ trace_id: result.trace_id, span, path: ["duration"], value: ms }}>
          {duration(ms)}
        </Value>
      </span>
    </div>
  );
}

function Bar({ open, row, window }: { open: Open; row: number; window: Window }) {
  const { trace } = useApp();
  const { tree } = open;
  const bar = place(tree.start[row]!, tree.end[row]!, window);
  const path = trace.path.value?.get(row);
  return (
    <>
      <i
        class={`sg-bar-span ${tree.open[row] ? "sg-running" : ""}`}
        style={{
          left: `min(${bar.left}%, 100% - 3px)`,
          width: `max(3px, ${bar.width}%)`,
          ...(fill(tree, row) ? { background: fill(tree, row)! } : {}),
        }}
      />
      {path &&
        underline(path, window).map((line) => (
          <i key={line.left} class="sg-path" style={{ left: `${line.left}%`, width: `${line.width}%` }} />
        ))}
    </>
  );
}
