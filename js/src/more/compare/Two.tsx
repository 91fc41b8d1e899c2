/** Two traces span by span, and what became of the span under the cursor. */

import { useRef } from "preact/hooks";
import { compact, cost, duration, plural, visible } from "../../model/format";
import { kindOf } from "../../model/kinds";
import { indent } from "../../model/layout";
import { Badge } from "../../view/chrome/Badge";
import { useApp } from "../../view/context";
import { useCursor, useVirtual } from "../../view/virtual";
import type { ComparedPairs, CompareResult } from "../../wire/contract";
import { type Change, type Delta, delta, kindOfChange, SIGNS, saidOf, share, tally } from "./changes";
import { Difference } from "./Difference";
import { Called, Head } from "./Head";
import type { Comparison } from "./state";

const ROW = 24;
const HEADER = 24;
/** Px that a name keeps whatever its depth. */
const NAME_ROOM = 96;

interface Props {
  readonly comparison: Comparison;
  readonly result: CompareResult;
  readonly pairs: ComparedPairs;
}

export function Two({ comparison, result, pairs }: Props) {
  const [a, b] = [result.traces[0]!, result.traces[1]!];
  const counts = tally(pairs);
  const facts: readonly (readonly [string, number | null, number | null, (value: number) => string])[] = [
    ["duration", a.duration_ms, b.duration_ms, duration],
    ["tokens", a.tokens, b.tokens, compact],
    ["cost", a.cost, b.cost, cost],
    ["spans", a.spans, b.spans, compact],
  ];
  return (
    <>
      <Head>
        <Called letter="A" trace={a} />
        <button
          type="button"
          class="sg-tool"
          title="Exchange A and B"
          aria-label="Exchange A and B"
          onClick={comparison.swap}
        >
          ⇄
        </button>
        <Called letter="B" trace={b} />
        <span class="sg-space" />
      </Head>
      <div class="sg-compare-facts">
        {facts.map(([name, from, to, written]) =>
          from === null && to === null ? null : (
            <span key={name} class="sg-fact">
              <em>{name}</em> {from === null ? "–" : written(from)} → {to === null ? "–" : written(to)}{" "}
              <Change_
                {...{ ...delta(from, to, written), text: share(from, to) }}
                neutral={name === "spans"}
              />
            </span>
          ),
        )}
      </div>
      <div class="sg-compare-facts">
        <Counts counts={counts} />
        <button
          type="button"
          class="sg-fix"
          aria-pressed={comparison.brief.value}
          title="Leave out what is the same"
          onClick={() => {
            comparison.brief.value = !comparison.brief.value;
            comparison.reveal.value += 1;
          }}
        >
          only changes
        </button>
        {pairs.left > 0 && <span class="sg-muted">{plural(pairs.left, "further row")} left out</span>}
      </div>
      <div class="sg-compare-body">
        <Rows comparison={comparison} pairs={pairs} />
        <Difference comparison={comparison} pairs={pairs} />
      </div>
    </>
  );
}

function Counts({ counts }: { counts: Readonly<Record<Change, number>> }) {
  const words = (Object.keys(counts) as Change[]).filter((kind) => counts[kind] > 0);
  return (
    <span class="sg-counts">
      {words.map((kind) => (
        <span key={kind} class={`sg-ch-${kind}`}>
          {SIGNS[kind] && <b class="sg-sign">{SIGNS[kind]}</b>} {compact(counts[kind])} {kind}
        </span>
      ))}
    </span>
  );
}

/** A difference; more is red and less is green where that is worse and better. */
function Change_({ text, sign, neutral }: Delta & { readonly neutral?: boolean }) {
  const tone = neutral || sign === 0 ? "sg-muted" : sign > 0 ? "sg-worse" : "sg-better";
  return <span class={tone}>{text}</span>;
}

function Rows({ comparison, pairs }: { comparison: Comparison; pairs: ComparedPairs }) {
  const { screen } = useApp();
  const rows = comparison.rows.value;
  const at = Math.max(0, rows.indexOf(comparison.cursor.value));
  const view = useVirtual(rows.length, ROW, HEADER);
  const longest = useLongest(pairs);
  const tokens = pairs.a.tokens.some(Boolean) || pairs.b.tokens.some(Boolean);
  const priced = pairs.a.cost.some(Boolean) || pairs.b.cost.some(Boolean);
  useCursor(view, {
    row: at,
    name: rows[at],
    reveal: comparison.reveal.value,
    call: screen.place.value === "trace" ? screen.focus.value : 0,
    find: (scroller) => scroller.querySelector<HTMLElement>(`[data-row="${rows[at]}"]`),
  });
  const places: number[] = [];
  if (at < view.first) places.push(at);
  for (let place = view.first; place < view.end; place++) places.push(place);
  if (at >= view.end && at < rows.length) places.push(at);
  return (
    <div
      ref={view.scroller}
      class="sg-scroller"
      onScroll={view.onScroll}
      data-tokens={tokens}
      data-priced={priced}
    >
      <div class="sg-tall" style={{ height: `${view.height}px` }}>
        <div class="sg-window" style={{ height: `${view.pane.height}px`, "--row": `${ROW}px` }}>
          <div
            role="treegrid"
            class="sg-compare-grid"
            tabIndex={-1}
            aria-label="Spans of both traces"
            aria-rowcount={rows.length}
          >
            <div role="row" class="sg-pair sg-compare-titles">
              <span role="columnheader">span</span>
              <span role="columnheader" class="sg-lane" title="Duration in A, and below it in B">
                A / B
              </span>
              <span role="columnheader" class="sg-right">
                Δ time
              </span>
              {tokens && (
                <span role="columnheader" class="sg-right">
                  Δ tok
                </span>
              )}
              {priced && (
                <span role="columnheader" class="sg-right sg-priced">
                  Δ cost
                </span>
              )}
            </div>
            <div class="sg-rows" role="rowgroup">
              {places.map((place) => (
                <Row
                  key={rows[place]}
                  {...{ comparison, pairs, row: rows[place]!, longest, tokens, priced }}
                  y={view.y(place)}
                  width={view.pane.width}
                  current={place === at}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

/** The longest duration of all, which a bar as wide as its column stands for. */
function useLongest(pairs: ComparedPairs): number {
  const known = useRef<{ pairs: ComparedPairs; longest: number } | null>(null);
  if (known.current?.pairs !== pairs) {
    let longest = 0;
    for (const side of [pairs.a, pairs.b])
      for (const ms of side.duration) longest = Math.max(longest, ms ?? 0);
    known.current = { pairs, longest };
  }
  return known.current.longest;
}

interface RowProps {
  readonly comparison: Comparison;
  readonly pairs: ComparedPairs;
  readonly row: number;
  readonly longest: number;
  readonly tokens: boolean;
  readonly priced: boolean;
  readonly y: number;
  readonly width: number;
  readonly current: boolean;
}

function Row({ comparison, pairs, row, longest, tokens, priced, y, width, current }: RowProps) {
  const { a, b, names, types } = pairs;
  const kind = kindOfChange(pairs, row);
  const side = kind === "missing" ? a : b;
  const type = types[side.type[row]!] ?? "";
  const name = visible(names[side.name[row]!] ?? "") || "–";
  const before = visible(names[a.name[row]!] ?? "");
  const renamed = kind === "changed" && before !== name;
  const shift = indent(pairs.depth[row]!, Math.max(150, width * 0.42), NAME_ROOM);
  const bad = a.status[row] === 2 || b.status[row] === 2;
  const cell = (of: "duration" | "tokens" | "cost", written: (value: number) => string) => (
    <Change_ {...delta(a[of][row] ?? null, b[of][row] ?? null, written)} />
  );
  return (
    <div
      class={`sg-row sg-pair sg-ch-${kind} ${current ? "sg-open" : ""}`}
      role="row"
      data-row={row}
      tabIndex={current ? 0 : -1}
      aria-level={pairs.depth[row]! + 1}
      aria-selected={current}
      style={{ transform: `translateY(${y}px)` }}
      onClick={() => comparison.go(row)}
      onDblClick={() => comparison.open(kind === "missing" ? "a" : "b")}
    >
      <span
        role="gridcell"
        class="sg-cell sg-tree"
        style={{ paddingLeft: `${4 + shift}px`, "--shift": `${shift}px` }}
        title={`${renamed ? `${before} → ` : ""}${name}: ${saidOf(pairs, row)}`}
      >
        <b class="sg-sign" role="img" aria-label={kind}>
          {SIGNS[kind]}
        </b>
        <Badge type={type} />
        <span class="sg-name">{name}</span>
        {bad && <b class="sg-bang">!</b>}
      </span>
      <span role="gridcell" class={`sg-cell sg-lane sg-k-${kindOf(type).hue}`} title={took(pairs, row)}>
        {a.id[row] !== null && <i class="sg-before" style={{ width: part(a.duration[row], longest) }} />}
        {b.id[row] !== null && <i class="sg-after" style={{ width: part(b.duration[row], longest) }} />}
      </span>
      <span role="gridcell" class="sg-cell sg-right">
        {cell("duration", duration)}
      </span>
      {tokens && (
        <span role="gridcell" class="sg-cell sg-right">
          {cell("tokens", compact)}
        </span>
      )}
      {priced && (
        <span role="gridcell" class="sg-cell sg-right sg-priced">
          {cell("cost", cost)}
        </span>
      )}
    </div>
  );
}

function part(ms: number | null | undefined, longest: number): string {
  return longest > 0 && ms ? `max(2px, ${(100 * ms) / longest}%)` : "2px";
}

function took({ a, b }: ComparedPairs, row: number): string {
  const said = [
    a.id[row] === null ? "" : `A took ${duration(a.duration[row])}`,
    b.id[row] === null ? "" : `B took ${duration(b.duration[row])}`,
  ];
  return said.filter(Boolean).join(", ");
}
