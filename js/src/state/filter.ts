/**
 * The filter text. Python is the only parser: the text is run, and either rows come back or diagnostics do.
 * While it is invalid the last good result stays. The `filter` trait is always the last valid text.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ColumnSpec, Diagnostic, RowMode } from "../wire/contract";
import { listen } from "../wire/model";
import { PAGE } from "../wire/pages";
import { RpcError } from "../wire/rpc";
import { Slot } from "../wire/slot";
import { type Env, isCancelled, messageOf } from "./env";
import type { Results } from "./results";

/** Typing that rests this long runs. */
const IDLE_MS = 250;

/** Texts that ↑ brings back. */
const KEPT = 100;

export interface Filter {
  /** what stands in the box */
  readonly text: Signal<string>;
  readonly diagnostics: Signal<readonly Diagnostic[]>;
  /** the text in the box has an error */
  readonly invalid: ReadonlySignal<boolean>;
  readonly running: Signal<boolean>;
  /** an English sentence about the text, where Python has one */
  readonly gloss: Signal<string>;
  /** why nothing could be read at all */
  readonly failure: Signal<string | null>;
  /** typing: runs after a rest */
  type(text: string): void;
  /** runs now, and makes the text the widget's filter if it is valid */
  run(text: string): void;
  /** the same question again: other columns, another row mode, or new data */
  again(): void;
  /** history: 1 is older, -1 newer; null when there is no such text */
  recall(step: 1 | -1): string | null;
  describe(): void;
}

export interface Asked {
  readonly rows: ReadonlySignal<RowMode>;
  readonly columns: ReadonlySignal<readonly ColumnSpec[]>;
}

export function createFilter(env: Env, results: Results, asked: Asked): Filter {
  const initial = env.model.get("filter") ?? "";
  const text = signal(initial);
  const diagnostics = signal<readonly Diagnostic[]>([]);
  const running = signal(false);
  const failure = signal<string | null>(null);
  const gloss = signal("");
  const slot = new Slot("replace");
  const checking = new Slot("replace");
  const history: string[] = [initial];
  const ours = new Set<string>();
  let back = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  env.end.addEventListener("abort", () => clearTimeout(timer), { once: true });

  const ask = async (filter: string, commit: boolean, keep = commit): Promise<void> => {
    clearTimeout(timer);
    const shape = { rows: asked.rows.value, columns: asked.columns.value };
    if (commit) ours.add(filter);
    running.value = true;
    try {
      const page = await slot.run((signal) =>
        env.rpc.call("page", { filter, ...shape, at: 0, limit: PAGE, commit }, signal),
      );
      batch(() => {
        results.replace(page, shape);
        failure.value = null;
        if (text.value === filter) diagnostics.value = page.diagnostics;
        gloss.value = "";
      });
      if (keep) remember(filter);
    } catch (error) {
      if (isCancelled(error)) return;
      if (error instanceof RpcError && error.kind === "filter") {
        if (text.value === filter) diagnostics.value = sayable(error, filter);
      } else {
        failure.value = messageOf(error);
      }
    } finally {
      running.value = slot.busy;
      if (!slot.busy) ours.clear();
    }
  };

  const remember = (filter: string): void => {
    back = 0;
    if (history[history.length - 1] !== filter) history.push(filter);
    if (history.length > KEPT) history.shift();
  };

  // Python (or another view of the same widget) set the filter. Our own commits come back here, too.
  const external = (): void => {
    const filter = env.model.get("filter") ?? "";
    if (filter === results.answer.value?.filter || ours.has(filter)) return;
    batch(() => {
      text.value = filter;
      diagnostics.value = [];
    });
    remember(filter);
    void ask(filter, false);
  };
  listen(env.model, "change:filter", external, env.end);

  const run = (next: string): void => {
    text.value = next;
    void ask(next, true);
  };

  return {
    text,
    diagnostics,
    invalid: computed(() => diagnostics.value.some((entry) => entry.severity === "error")),
    running,
    gloss,
    failure,
    type(next) {
      batch(() => {
        text.value = next;
        // Squiggles of an older text would stand under the wrong words.
        if (diagnostics.value.length > 0)
          diagnostics.value = diagnostics.value.filter(
            (entry) => entry.severity === "error" && entry.end <= next.length,
          );
      });
      clearTimeout(timer);
      timer = setTimeout(() => void ask(next, true), IDLE_MS);
    },
    run,
    again() {
      void ask(results.answer.value?.filter ?? text.value, false);
    },
    recall(step) {
      const place = history.length - 1 - (back + step);
      const found = history[place];
      if (found === undefined || back + step < 0) return null;
      back += step;
      text.value = found;
      clearTimeout(timer);
      // Walking through the history must not itself become history.
      timer = setTimeout(() => void ask(found, true, false), IDLE_MS);
      return found;
    },
    async describe() {
      const filter = results.answer.value?.filter ?? "";
      if (gloss.value || filter !== text.value) return;
      try {
        gloss.value = (await checking.run((signal) => env.rpc.call("check", { filter }, signal))).gloss;
      } catch (error) {
        env.fail("The filter could not be described", error);
      }
    },
  };
}

/** A filter error always points somewhere. */
function sayable(error: RpcError, filter: string): readonly Diagnostic[] {
  if (error.diagnostics.length > 0) return error.diagnostics;
  return [
    { severity: "error", code: "filter", message: error.message, start: 0, end: filter.length, fixes: [] },
  ];
}
