/** A line among groups: a group with what its rows add up to, or one of its rows. */

import { compact, cost, count, duration, moment, plural, preview, visible } from "../../model/format";
import { Icon } from "../../view/chrome/Icon";
import { useApp } from "../../view/context";
import type { Rows } from "../../wire/contract";
import { isSession, type Line, MEMBERS, type SortKey, type Groups as State } from "./state";

interface LineProps {
  readonly groups: State;
  readonly line: Line;
  readonly at: number;
  readonly y: number;
  readonly current: boolean;
}

export function GroupLine({ groups, line, at, y, current }: LineProps) {
  const app = useApp();
  const { group, row } = line;
  const page = groups.pages.value.get(group);
  const unfolded = groups.open.value.has(group);
  const head = row < 0;
  const open = !head && page !== undefined && app.trace.id.value === page.rows.trace_id[row];
  const bad = head ? false : page?.rows.status[row] === "ERROR";
  return (
    <div
      class={`sg-row sg-group ${head ? "sg-of" : "sg-in"} ${open ? "sg-open" : ""} ${bad ? "sg-bad" : ""}`}
      role="row"
      data-line={at}
      aria-rowindex={at + 2}
      aria-level={head ? 1 : 2}
      aria-expanded={head ? unfolded : undefined}
      tabIndex={current ? 0 : -1}
      style={{ transform: `translateY(${y}px)` }}
      onFocus={() => {
        groups.cursor.value = at;
      }}
      onClick={() => {
        groups.cursor.value = at;
        groups.act(line);
        if (!head && app.screen.mode.value === "one") app.screen.look("trace");
      }}
    >
      {head ? (
        <Sums groups={groups} group={group} unfolded={unfolded} />
      ) : (
        page && <Member page={page.rows} row={row} />
      )}
    </div>
  );
}

function Sums({ groups, group, unfolded }: { groups: State; group: number; unfolded: boolean }) {
  const answer = groups.answer.value;
  if (!answer) return null;
  const value = answer.value[group] ?? null;
  const said = value === null ? `no ${groups.by.value}` : visible(preview(value, 200)) || "(empty)";
  const [rows, errors] = [answer.count[group] ?? 0, answer.errors[group] ?? 0];
  const more = unfolded && rows > MEMBERS ? ` (the first ${MEMBERS})` : "";
  const stop = (act: () => void) => (event: MouseEvent) => {
    event.stopPropagation();
    act();
  };
  return (
    <>
      <span role="gridcell" class="sg-cell sg-g-value">
        <i class={`sg-turn ${unfolded ? "sg-down" : ""}`}>
          <Icon name="fold" />
        </i>
        <span class={value === null ? "sg-muted" : "sg-strong"} title={said} dir="auto">
          {said}
        </span>
        <span class="sg-muted">{more}</span>
        <span class="sg-tools">
          {value !== null && isSession(groups.by.value) && (
            <button
              type="button"
              tabIndex={-1}
              class="sg-fix"
              title="The session as one conversation (c)"
              onClick={stop(() => void groups.converse(group))}
            >
              conversation
            </button>
          )}
          <button
            type="button"
            tabIndex={-1}
            class="sg-fix"
            title="Only these rows, by the filter"
            onClick={stop(() => void groups.narrow(group))}
          >
            filter
          </button>
        </span>
      </span>
      <span role="gridcell" class="sg-cell sg-right sg-g-count">
        {count(rows)}
      </span>
      <span
        role="gridcell"
        class={`sg-cell sg-right sg-g-errors ${errors ? "sg-bad-text" : "sg-muted"}`}
        title={plural(errors, "error")}
      >
        {errors ? `${Math.max(1, Math.round((100 * errors) / rows))} %` : "–"}
      </span>
      <Fact name="p50_ms" text={duration(answer.p50_ms[group] ?? null)} />
      <Fact name="p95_ms" text={duration(answer.p95_ms[group] ?? null)} />
      <Fact name="tokens" text={compact(answer.tokens[group] ?? null)} />
      <Fact name="cost" text={cost(answer.cost[group] ?? null)} />
      <Fact name="last_ms" text={stamp(answer.last_ms[group] ?? null)} />
    </>
  );
}

/** A row of a group stands in the columns of the group: what it took under the durations, and so on. */
function Member({ page, row }: { page: Rows; row: number }) {
  const failed = page.status[row] === "ERROR";
  return (
    <>
      <span role="gridcell" class="sg-cell sg-g-value">
        <span title={page.name[row]} dir="auto">
          {visible(page.name[row] ?? "") || "–"}
        </span>
      </span>
      <Fact name="count" text="" />
      <Fact name="errors" text={failed ? "!" : ""} />
      <Fact name="p50_ms" text={duration(page.duration_ms[row] ?? null)} />
      <Fact name="p95_ms" text="" />
      <Fact name="tokens" text={compact(page.tokens[row] ?? null)} />
      <Fact name="cost" text="" />
      <Fact name="last_ms" text={stamp(page.time_ms[row] ?? null)} />
    </>
  );
}

function Fact({ name, text }: { name: SortKey; text: string }) {
  return (
    <span role="gridcell" class={`sg-cell sg-right sg-g-${name} ${text === "–" ? "sg-muted" : ""}`}>
      {text}
    </span>
  );
}

function stamp(ms: number | null): string {
  return moment(ms, Date.now());
}
