/** The rows by a value that they share: a line for each, with what its rows add up to; unfolded, the rows. */

import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { count, plural } from "../../model/format";
import type { Action } from "../../model/keys";
import { Icon } from "../../view/chrome/Icon";
import { useApp } from "../../view/context";
import { useVirtual } from "../../view/virtual";
import { Conversation } from "./Conversation";
import { GroupLine } from "./GroupLine";
import styles from "./groups.css";
import { createGroups, type SortKey, type Groups as State } from "./state";

const HEADER = 24;
const ROW = { one: 38, two: 24, three: 24 } as const;
const PAGE_STEP = 12;

const COLUMNS: readonly (readonly [key: SortKey, title: string, hint: string])[] = [
  ["count", "n", "Rows of the group"],
  ["errors", "err", "Share of rows that failed"],
  ["p50_ms", "p50", "Half of the rows take no longer"],
  ["p95_ms", "p95", "95 of 100 rows take no longer"],
  ["tokens", "Σ tok", "Tokens of all rows"],
  ["cost", "Σ cost", "Cost of all rows, in US dollars"],
  ["last_ms", "last", "Time of the latest row"],
];

export function Groups() {
  const app = useApp();
  const end = useMemo(() => new AbortController(), []);
  const groups = useMemo(() => createGroups(app, end.signal), [app, end]);
  useLayoutEffect(() => {
    app.more.acts.set("groups", (action) => acted(groups, action));
    return () => {
      app.more.acts.delete("groups");
      end.abort();
    };
  }, [app, groups, end]);
  return (
    <div class="sg-list sg-groups" data-pane="groups">
      <style>{styles}</style>
      {groups.session.value ? (
        <Conversation groups={groups} session={groups.session.value} />
      ) : (
        <Table groups={groups} />
      )}
    </div>
  );
}

function acted(groups: State, action: Action): boolean {
  const line = groups.lines.value[groups.cursor.value];
  if (groups.session.value) {
    if (action !== "back") return action === "filter" || action === "help" ? false : action !== "fullScreen";
    groups.session.value = null;
    return true;
  }
  const steps: Partial<Record<Action, number>> = {
    down: 1,
    up: -1,
    pageDown: PAGE_STEP,
    pageUp: -PAGE_STEP,
    first: Number.NEGATIVE_INFINITY,
    last: Number.POSITIVE_INFINITY,
  };
  const step = steps[action];
  if (step !== undefined) groups.move(step);
  else if (action === "group") groups.leave();
  else if (!line) return false;
  else if (action === "open") groups.act(line);
  else if (action === "right") groups.toggle(line.group, true);
  else if (action === "left") {
    groups.toggle(line.group, false);
    groups.cursor.value = groups.lines.value.findIndex((each) => each.group === line.group);
  } else if (action === "conversation") void groups.converse(line.group);
  else return false;
  return true;
}

function Table({ groups }: { groups: State }) {
  const { screen } = useApp();
  const rowHeight = ROW[screen.mode.value];
  const lines = groups.lines.value;
  const view = useVirtual(lines.length, rowHeight, HEADER);
  const cursor = groups.cursor.value;
  const call = screen.place.value === "list" ? screen.focus.value : 0;
  const answer = groups.answer.value;
  const moved = useRef(cursor);
  const called = useRef(call);

  useLayoutEffect(() => {
    view.show(cursor);
    const wanted = moved.current !== cursor || called.current !== call;
    moved.current = cursor;
    called.current = call;
    if (wanted)
      view.scroller.current
        ?.querySelector<HTMLElement>(`[data-line="${cursor}"]`)
        ?.focus({ preventScroll: true });
  }, [cursor, call, view.first, view.end]);

  const drawn: number[] = [];
  for (let line = view.first; line < view.end; line++) drawn.push(line);
  return (
    <>
      <div class="sg-by">
        <span class="sg-muted">by</span> <code>{groups.by.value}</code>
        {answer && <span class="sg-muted">{plural(answer.total, "group")}</span>}
        {answer && answer.total > answer.value.length && (
          <span class="sg-muted">the largest {count(answer.value.length)} are shown</span>
        )}
        <span class="sg-space" />
        <button
          type="button"
          class="sg-tool"
          title="Rows one by one (G)"
          aria-label="Do not group"
          onClick={groups.leave}
        >
          <Icon name="close" />
        </button>
      </div>
      <div
        ref={view.scroller}
        class="sg-scroller"
        onScroll={view.onScroll}
        role="treegrid"
        aria-label={`Groups by ${groups.by.value}`}
        aria-rowcount={lines.length + 1}
      >
        <div class="sg-tall" style={{ height: `${view.height}px` }}>
          <div class="sg-window" style={{ height: `${view.pane.height}px`, "--row": `${rowHeight}px` }}>
            <Head groups={groups} />
            <div class="sg-rows" role="rowgroup">
              {drawn.map((at) => (
                <GroupLine
                  key={at}
                  groups={groups}
                  line={lines[at]!}
                  at={at}
                  y={view.y(at)}
                  current={at === cursor}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
      {groups.failure.value && (
        <div class="sg-strip sg-error" role="alert">
          <span class="sg-said">{groups.failure.value}</span>
        </div>
      )}
      {!answer && !groups.failure.value && <p class="sg-muted sg-waits">Counting…</p>}
      {answer?.total === 0 && <p class="sg-muted sg-waits">Nothing matches.</p>}
    </>
  );
}

function Head({ groups }: { groups: State }) {
  const { key, down } = groups.sort.value;
  const title = (of: SortKey, said: string, hint: string) => (
    <span
      key={of}
      role="columnheader"
      class={`sg-cell sg-g-${of} ${of === "value" ? "" : "sg-right"}`}
      aria-sort={key === of ? (down ? "descending" : "ascending") : "none"}
      title={`${hint}. Click to sort`}
    >
      <button type="button" tabIndex={-1} onClick={() => groups.order(of)}>
        {said}
        {key === of && <i class={`sg-arrow ${down ? "" : "sg-up"}`} />}
      </button>
    </span>
  );
  return (
    <div class="sg-row sg-head sg-group" role="row" aria-rowindex={1}>
      {title("value", groups.by.value, "What the rows share")}
      {COLUMNS.map(([of, said, hint]) => title(of, said, hint))}
    </div>
  );
}
