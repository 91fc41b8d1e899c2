/** The value menu: filter by the value under the pointer, take it as a column, copy its path. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { nameOfColumn } from "../../model/columns";
import { preview } from "../../model/format";
import type { Menu as MenuState } from "../../state/menu";
import type { EditOp, Target } from "../../wire/contract";
import { Icon } from "../chrome/Icon";
import { useApp } from "../context";

export function Menu() {
  const menu = useApp().menus.menu.value;
  return menu ? <MenuAt menu={menu} /> : null;
}

function MenuAt({ menu }: { menu: MenuState }) {
  const { menus } = useApp();
  const self = useRef<HTMLDivElement>(null);
  const { target, columns } = menu;

  useLayoutEffect(() => {
    const element = self.current;
    const root = element?.parentElement;
    if (!element || !root) return;
    const { width, height } = element.getBoundingClientRect();
    const line = Math.min(24, menu.box.bottom - menu.box.top);
    const left = Math.min(menu.box.right + 2, root.clientWidth - width - 4);
    const top = Math.min(menu.box.top + (line - Math.min(height, 24)) / 2, root.clientHeight - height - 4);
    element.style.left = `${Math.max(4, left)}px`;
    element.style.top = `${Math.max(4, top)}px`;
    if (menu.origin || columns) {
      element.querySelectorAll("button")[columns ? columns.preselect : 0]?.focus({ preventScroll: true });
    }
  }, [menu, columns]);

  return (
    <div
      ref={self}
      class={`sg-menu ${columns ? "sg-menu-list" : ""}`}
      role="menu"
      tabIndex={-1}
      data-pane="menu"
      aria-label={`${target.path.join(" › ")}: ${preview(target.value, 60)}`}
    >
      {columns
        ? columns.options.map((option, index) => (
            <button
              key={option.label}
              type="button"
              role="menuitem"
              class={index === columns.preselect ? "sg-chosen" : ""}
              title={nameOfColumn(option.column)}
              onClick={() => menus.choose(option.column)}
            >
              <Icon name="column" /> {option.label}
            </button>
          ))
        : choices(target, menu.part).map(({ label, op, say }) => (
            <button
              key={op}
              type="button"
              role="menuitem"
              title={say}
              aria-label={say}
              onClick={() => menus.edit(op, target)}
            >
              {label}
            </button>
          ))}
      {!columns && !menu.part && (
        <>
          <button
            type="button"
            role="menuitem"
            title="Show as a column, and in ex.df()"
            aria-label="Show as a column"
            onClick={() => menus.column(target)}
          >
            <Icon name="column" />
          </button>
          <button
            type="button"
            role="menuitem"
            title="Copy the path, as extract_fields takes it"
            aria-label="Copy the path"
            onClick={() => menus.copy(target)}
          >
            <Icon name="copy" />
          </button>
          <button
            type="button"
            role="menuitem"
            title="Copy the value (y)"
            aria-label="Copy the value"
            onClick={() => menus.copyValue(target)}
          >
            copy
          </button>
        </>
      )}
    </div>
  );
}

interface Choice {
  readonly label: string;
  readonly op: EditOp;
  readonly say: string;
}

/** Equality with a text longer than this finds that text only; nobody means it. */
const LONGEST = 300;

function choices({ value }: Target, part: boolean): readonly Choice[] {
  const shown = preview(value, 40);
  const contains: Choice[] = [
    { label: "contains", op: "contains", say: `Only where it contains ${shown}` },
    { label: "not", op: "not contains", say: `Only where it does not contain ${shown}` },
  ];
  if (part) return contains;
  const scalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!scalar || (typeof value === "string" && value.length > LONGEST)) return [];
  const equal: Choice[] = [
    { label: "=", op: "=", say: `Only ${shown}` },
    { label: "≠", op: "!=", say: `Without ${shown}` },
  ];
  if (typeof value !== "number") return equal;
  return [
    ...equal,
    { label: "≥", op: ">=", say: `${shown} and more` },
    { label: "≤", op: "<=", say: `${shown} and less` },
  ];
}
