/** The traces of a session read as one conversation; each turn leads to its trace. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { count, duration, exact, moment, plural, visible } from "../../model/format";
import { saidIn } from "../../model/turns";
import { Icon } from "../../view/chrome/Icon";
import { useApp } from "../../view/context";
import type { SessionResult, Turn } from "../../wire/contract";
import type { Groups } from "./state";

export function Conversation({ groups, session }: { groups: Groups; session: SessionResult }) {
  const self = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => self.current?.querySelector<HTMLElement>(".sg-turn-head")?.focus({ preventScroll: true }),
    [],
  );
  const { turns, total } = session;
  return (
    <>
      <div class="sg-by">
        <button
          type="button"
          class="sg-tool"
          aria-label="Back to the groups"
          title="Back (Esc)"
          onClick={() => {
            groups.session.value = null;
          }}
        >
          <Icon name="back" />
        </button>
        <span class="sg-muted">session</span> <code dir="auto">{visible(session.session_id)}</code>
        <span class="sg-muted">
          {plural(total, "turn")}
          {turns.length < total && `, the first ${count(turns.length)} shown`}
        </span>
      </div>
      <div ref={self} class="sg-scroller sg-talk" role="log" aria-label="The session as one conversation">
        {turns.map((turn) => (
          <One key={turn.trace_id} turn={turn} />
        ))}
      </div>
    </>
  );
}

function One({ turn }: { turn: Turn }) {
  const app = useApp();
  const open = app.trace.id.value === turn.trace_id;
  const bad = turn.status === "ERROR";
  return (
    <section class={`sg-turn-of ${open ? "sg-open" : ""}`}>
      <button
        type="button"
        class="sg-turn-head"
        aria-current={open}
        title={`${exact(turn.time_ms)}: open the trace`}
        onClick={() => {
          app.openTrace(turn.trace_id);
          if (app.screen.mode.value === "one") app.screen.look("trace");
        }}
      >
        <span>{moment(turn.time_ms, Date.now())}</span>
        <span class="sg-strong">{visible(turn.name)}</span>
        <span class="sg-space" />
        {bad && <b class="sg-bad-text">! failed</b>}
        <span>{duration(turn.duration_ms)}</span>
      </button>
      {saidIn(turn).map(({ role, text }, n) => (
        <div key={n} class={`sg-bubble sg-from-${role === "user" ? "user" : "others"}`}>
          <span class="sg-muted">{role}</span>
          <p dir="auto">{visible(text)}</p>
        </div>
      ))}
    </section>
  );
}
