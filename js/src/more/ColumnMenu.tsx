/** What can be done with a column: which of several values it shows, pin, move, hide; and adding one by its path. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Column } from "../model/columns";
import { useApp } from "../view/context";

/** The picks of a path that leads to several values, in the words of a menu. */
const PICKS: readonly (readonly [pick: string, said: string])[] = [
  ["first", "first value"],
  ["last", "last value"],
  ["all", "all values, as a list"],
  ["max", "largest value"],
  ["min", "smallest value"],
  ["error", "value of the span that failed"],
];

export function ColumnMenu() {
  const { list } = useApp();
  const heading = list.heading.value;
  const self = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const menu = self.current;
    const pane = menu?.closest<HTMLElement>(".sg-list");
    if (!menu || !pane) return;
    const cell = list.cursor.peek().cell;
    const anchor = heading === "add" ? null : pane.querySelector(`.sg-head [data-cell="${cell}"]`);
    const edge = pane.getBoundingClientRect();
    const left = anchor ? anchor.getBoundingClientRect().left - edge.left : edge.width;
    menu.style.left = `${Math.max(2, Math.min(left, edge.width - menu.offsetWidth - 4))}px`;
    menu.querySelector<HTMLElement>("input, button")?.focus({ preventScroll: true });
    const over = new AbortController();
    const outside = (event: Event): void => {
      if (!menu.contains(event.target as Node)) list.heading.value = null;
    };
    menu.closest(".sg")?.addEventListener("pointerdown", outside, { signal: over.signal });
    return () => over.abort();
  }, [heading, list]);

  if (heading === null) return null;
  const what = heading === "add" ? "Add a column" : `Column ${heading.title}`;
  return (
    <div
      ref={self}
      class="sg-menu sg-menu-list sg-column-menu"
      data-pane="menu"
      {...{ role: heading === "add" ? "dialog" : "menu", "aria-label": what }}
    >
      {heading === "add" ? <Add /> : <Choices column={heading} />}
    </div>
  );
}

function Item({ act, chosen, children }: { act: () => void; chosen?: boolean; children: ComponentChildren }) {
  const { list } = useApp();
  return (
    <button
      type="button"
      role={list.heading.value === "add" ? undefined : chosen === undefined ? "menuitem" : "menuitemradio"}
      {...(chosen === undefined ? {} : { "aria-checked": chosen })}
      onClick={() => {
        act();
        list.closeHeading();
      }}
    >
      <span class="sg-mark">{chosen ? "✓" : ""}</span>
      {children}
    </button>
  );
}

/** Fields that rows are often grouped by. */
const GROUPS = ["session_id", "user_id", "name", "model"];

/** Has the list show the values of a field instead of its rows. */
function useGrouping(): (path: string) => void {
  const { layout } = useApp();
  return (path) => layout.set({ ...layout.value.value, group: path });
}

function Choices({ column }: { column: Column }) {
  const { list } = useApp();
  const group = useGrouping();
  const place = list.columns.value.findIndex((each) => each.id === column.id && each.extra === column.extra);
  const last = list.columns.value.length - 1;
  return (
    <>
      {column.extra >= 0 &&
        PICKS.map(([pick, said]) => (
          <Item key={pick} chosen={column.pick === pick} act={() => list.choosePick(column, pick)}>
            {said}
          </Item>
        ))}
      {column.extra >= 0 && <hr />}
      {(column.extra >= 0 || ["name", "status"].includes(column.id)) && (
        <Item act={() => group(column.id)}>group by it</Item>
      )}
      <Item act={() => list.pin(column)}>{column.pinned ? "let it scroll" : "pin: stays in sight"}</Item>
      {place > 0 && <Item act={() => list.moveColumn(column, place - 1)}>move left</Item>}
      {place < last && <Item act={() => list.moveColumn(column, place + 1)}>move right</Item>}
      <Item act={() => list.removeColumn(column)}>{column.extra >= 0 ? "remove" : "hide"}</Item>
    </>
  );
}

function Add() {
  const { list } = useApp();
  const group = useGrouping();
  return (
    <>
      <input
        type="text"
        class="sg-typed"
        placeholder="tag.env  or  search.outputs.score"
        aria-label="Field or path"
        spellcheck={false}
        onKeyDown={async (event) => {
          if (event.key !== "Enter" && event.key !== "Escape") return;
          event.preventDefault();
          event.stopPropagation();
          const path = event.currentTarget.value.trim();
          if (event.key === "Escape" || path === "" || (await list.addPath(path))) list.closeHeading();
        }}
      />
      {GROUPS.map((path) => (
        <Item key={path} act={() => group(path)}>
          group by {path}
        </Item>
      ))}
      {list.hidden.value.map((id) => (
        <Item key={id} act={() => list.showColumn(id)}>
          show {id}
        </Item>
      ))}
    </>
  );
}
