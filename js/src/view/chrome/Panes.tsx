/** List, trace and detail beside each other, as many as there is room for. */

import { useRef } from "preact/hooks";
import type { Place } from "../../state/screen";
import { useApp } from "../context";
import { Detail } from "../detail/Detail";
import { drag } from "../dom";
import { List } from "../list/List";
import { More } from "../More";
import { Trace } from "../trace/Trace";
import { Icon } from "./Icon";

export function Panes() {
  const { screen } = useApp();
  const self = useRef<HTMLDivElement>(null);
  const mode = screen.mode.value;
  const place = screen.place.value;
  const comparing = screen.compared.value !== null;
  if (mode === "one") {
    return (
      <div class="sg-panes sg-single">
        {place !== "list" && <Breadcrumb />}
        {place === "list" ? <Rows /> : place === "trace" || comparing ? <Main /> : <Detail />}
      </div>
    );
  }
  const [list, trace, detail] = screen.panes.value;
  if (mode === "two") {
    const detailed = place === "detail" && !comparing;
    const share = comparing ? list : detailed ? detail + 20 : list + 12;
    return (
      <div
        class="sg-panes"
        ref={self}
        style={{ gridTemplateColumns: `minmax(0, ${share}fr) 1px minmax(0, ${100 - share}fr)` }}
      >
        {detailed ? <Detail /> : <Rows />}
        <i class="sg-rule" />
        <Main />
      </div>
    );
  }
  return (
    <div
      class="sg-panes"
      ref={self}
      style={{
        gridTemplateColumns: comparing
          ? `minmax(0, ${list}fr) 1px minmax(0, ${trace + detail}fr)`
          : `minmax(0, ${list}fr) 1px minmax(0, ${trace}fr) 1px minmax(0, ${detail}fr)`,
      }}
    >
      <Rows />
      <Splitter index={0} />
      <Main />
      {!comparing && <Splitter index={1} />}
      {!comparing && <Detail />}
    </div>
  );
}

/** The open trace, or what several are compared in. */
function Main() {
  return useApp().screen.compared.value ? <More part="Compare" pane /> : <Trace />;
}

/** The rows that were found, one by one or by a value that they share. */
function Rows() {
  return useApp().layout.value.value.group ? <More part="Groups" pane /> : <List />;
}

const NAMES = ["Width of the list", "Width of the trace"] as const;

function Splitter({ index }: { index: 0 | 1 }) {
  const { screen } = useApp();
  const start = (event: PointerEvent): void => {
    const panes = (event.currentTarget as HTMLElement).parentElement;
    if (!panes) return;
    const { width } = panes.getBoundingClientRect();
    const from = event.clientX;
    const share = screen.panes.value[index];
    drag(
      event,
      (move) => screen.split(index, share + ((move.clientX - from) / width) * 100),
      screen.keepPanes,
    );
  };
  const nudge = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? -2 : event.key === "ArrowRight" ? 2 : 0;
    if (by === 0) return;
    screen.split(index, screen.panes.value[index] + by);
    screen.keepPanes();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="sg-rule sg-splitter"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={NAMES[index]}
      aria-valuenow={Math.round(screen.panes.value[index])}
      aria-valuemin={0}
      aria-valuemax={100}
      onPointerDown={start}
      onKeyDown={nudge}
    />
  );
}

function Breadcrumb() {
  const { screen, trace, detail, rows } = useApp();
  const place = screen.place.value;
  const step = (to: Place, text: string) =>
    place === to ? (
      <span aria-current="page">{text}</span>
    ) : (
      <button type="button" onClick={() => screen.look(to)}>
        {text}
      </button>
    );
  return (
    <nav class="sg-crumbs" aria-label="Where you are">
      <button
        type="button"
        class="sg-tool"
        aria-label="Back"
        onClick={() => screen.look(place === "detail" ? "trace" : "list")}
      >
        <Icon name="back" />
      </button>
      {step("list", rows.value)}
      <i>›</i>
      {step("trace", trace.open.value?.result.name || "trace")}
      {place === "detail" && (
        <>
          <i>›</i>
          {step("detail", detail.span.value?.name || "span")}
        </>
      )}
    </nav>
  );
}
