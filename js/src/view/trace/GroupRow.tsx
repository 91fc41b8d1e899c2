/** Many siblings of one name in one line: how many, how long they took, how many failed. */

import { useMemo } from "preact/hooks";
import { duration, plural, visible } from "../../model/format";
import { factsOf, rowOf } from "../../model/groups";
import { kindOf } from "../../model/kinds";
import { gradient, place } from "../../model/layout";
import { Badge } from "../chrome/Badge";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";
import { ERROR, type LineProps, Stretch, shiftOf } from "./SpanRow";

export function GroupRow({ open, drawn, line, y, width, window, current }: LineProps) {
  const { trace } = useApp();
  const { result, groups } = open;
  const { spans } = result;
  const first = rowOf(line);
  const group = groups.byFirst.get(first)!;
  const spread = trace.spread.value.has(first);
  // Of 100,000 siblings both take as long as several frames.
  const [facts, background] = useMemo(() => {
    const found = factsOf(drawn, group, spans.duration, (row) => spans.status[row] === ERROR);
    return [found, gradient(found.from, found.to, busy(group.members, drawn))];
  }, [drawn, group, spans]);
  const name = result.names[spans.name[first]!] ?? "";
  const type = result.types[spans.type[first]!] ?? "";
  const { matches } = trace;
  const match = matches.value.size < drawn.count && group.members.some((row) => matches.value.has(row));
  const times = `p50 ${duration(facts.p50)} p95 ${duration(facts.p95)}`;
  const bar = place(facts.from, facts.to, window);
  const shift = shiftOf(drawn.depth[first]!, width);
  const said = `${plural(facts.count, "span")} ${name}, ${times}${facts.failed ? `, ${facts.failed} failed` : ""}`;
  return (
    <div
      class={`sg-row sg-span sg-group ${current ? "sg-open" : ""} ${facts.failed ? "sg-bad" : ""} ${match ? "sg-match" : ""}`}
      role="row"
      data-row={line}
      tabIndex={current ? 0 : -1}
      aria-level={drawn.depth[first]! + 1}
      aria-selected={current}
      aria-expanded={spread}
      aria-label={said}
      title={said}
      style={{ transform: `translateY(${y}px)` }}
      onClick={() => trace.go(line)}
      onDblClick={() => trace.toggle(line)}
    >
      <span
        role="gridcell"
        class="sg-cell sg-tree"
        style={{ paddingLeft: `${4 + shift}px`, "--shift": `${shift}px` }}
      >
        <span
          class={`sg-twist ${spread ? "sg-down" : ""}`}
          onClick={(event) => {
            event.stopPropagation();
            trace.toggle(line);
          }}
        >
          <Icon name="fold" />
        </span>
        <Badge type={type} />
        <b class="sg-times">×{facts.count}</b>
        <span class="sg-name">{visible(name) || "–"}</span>
        {facts.failed > 0 && <b class="sg-bang">{facts.failed}!</b>}
      </span>
      <span role="gridcell" class={`sg-cell sg-lane sg-k-${kindOf(type).hue}`}>
        <Stretch from={facts.from} to={facts.to} window={window} background={background} class="sg-many" />
        <Ranks left={bar.left} right={bar.left + bar.width} said={times} />
      </span>
      <span role="gridcell" class="sg-cell sg-right sg-took" title={times}>
        ~{duration(facts.p50)}
      </span>
    </div>
  );
}

/** Percent of the lane in which the text is worth beginning. */
const ROOM = 40;

/** How long they took, on that side of the bar where there is room; else the tooltip has it. */
function Ranks({ left, right, said }: { left: number; right: number; said: string }) {
  if (right < 100 - ROOM) {
    return (
      <span class="sg-ranks" style={{ left: `calc(${Math.max(0, right)}% + 6px)`, right: 0 }}>
        {said}
      </span>
    );
  }
  return left < ROOM ? null : (
    <span
      class="sg-ranks"
      style={{ right: `calc(${100 - Math.min(100, left)}% + 4px)`, left: 0, textAlign: "right" }}
    >
      {said}
    </span>
  );
}

/** Stretches in which any of the rows ran. */
function busy(rows: readonly number[], { start, end }: LineProps["drawn"]): [number, number][] {
  const found: [number, number][] = [];
  for (const row of [...rows].sort((a, b) => start[a]! - start[b]!)) {
    const last = found[found.length - 1];
    if (last && start[row]! <= last[1]) last[1] = Math.max(last[1], end[row]!);
    else found.push([start[row]!, end[row]!]);
  }
  return found;
}
