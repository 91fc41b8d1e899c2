/** The value menu: what can be done with the value under the pointer or the focus. */

import { type Signal, signal } from "@preact/signals";
import { pathOf } from "../model/columns";
import { plural } from "../model/format";
import type { ColumnResult, ColumnSpec, EditOp, Target } from "../wire/contract";
import { Slot } from "../wire/slot";
import type { Env } from "./env";
import type { Filter } from "./filter";
import type { Results } from "./results";

/** A rectangle in px from the widget's own corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Menu {
  readonly target: Target;
  readonly box: Box;
  /** opened by key: it has the focus, and gives it back to this */
  readonly origin: HTMLElement | null;
  /** a part of a text was selected: only CONTAINS makes sense */
  readonly part: boolean;
  /** the ways to take the value as a column, once asked for and more than one */
  readonly columns: ColumnResult | null;
}

export interface Menus {
  readonly menu: Signal<Menu | null>;
  /** which value an element shows */
  readonly targets: WeakMap<Element, Target>;
  open(target: Target, box: Box, how?: { origin?: HTMLElement | null; part?: boolean }): void;
  close(): void;
  edit(op: EditOp, target: Target): Promise<void>;
  column(target: Target): Promise<void>;
  choose(column: ColumnSpec): void;
  copy(target: Target): Promise<void>;
  copyText(text: string, what: string): Promise<void>;
  copyValue(target: Target): Promise<void>;
}

export interface MenuNeeds {
  readonly filter: Filter;
  readonly results: Results;
  readonly addColumn: (spec: ColumnSpec) => void;
  readonly write: (text: string) => Promise<void>;
}

export function createMenus(env: Env, needs: MenuNeeds): Menus {
  const menu = signal<Menu | null>(null);
  const slot = new Slot("replace");

  const close = (): void => {
    const origin = menu.value?.origin;
    menu.value = null;
    origin?.focus({ preventScroll: true });
  };

  const copyText = async (text: string, what: string): Promise<void> => {
    try {
      await needs.write(text);
      env.say(`Copied: ${what}`);
    } catch (error) {
      env.fail("It could not be copied", error);
    }
  };

  const askColumn = (target: Target): Promise<ColumnResult> =>
    slot.run((signal) => env.rpc.call("column", { target }, signal));

  return {
    menu,
    targets: new WeakMap(),
    copyText,
    async copyValue({ value }) {
      const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
      close();
      await copyText(text, plural(text.length, "character"));
    },
    open(target, box, how = {}) {
      menu.value = { target, box, origin: how.origin ?? null, part: how.part ?? false, columns: null };
    },
    close,
    async edit(op, target) {
      // Clicks add to what the list shows: a half-typed text is not built upon.
      const text = needs.results.answer.value?.filter ?? "";
      close();
      try {
        const reply = await slot.run((signal) => env.rpc.call("edit", { filter: text, op, target }, signal));
        needs.filter.run(reply.filter);
      } catch (error) {
        env.fail("The filter could not be changed", error);
      }
    },
    async column(target) {
      try {
        const reply = await askColumn(target);
        const only = reply.options.length === 1 ? reply.options[0] : undefined;
        if (only) {
          close();
          needs.addColumn(only.column);
        } else if (menu.value?.target === target) {
          menu.value = { ...menu.value, columns: reply };
        }
      } catch (error) {
        env.fail("The column could not be added", error);
      }
    },
    choose(column) {
      close();
      needs.addColumn(column);
    },
    async copy(target) {
      try {
        const reply = await askColumn(target);
        const option = reply.options[reply.preselect] ?? reply.options[0];
        if (!option) return;
        const path = pathOf(option.column);
        close();
        await copyText(path, path);
      } catch (error) {
        env.fail("The path could not be copied", error);
      }
    },
  };
}
