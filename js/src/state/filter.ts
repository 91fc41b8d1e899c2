/**
 * The filter text. Python is the only parser: the text is run, and either rows come back or diagnostics do.
 * While it is invalid the last good result stays. The `filter` trait is always the last valid text.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Step, Undo } from "../model/undo";
import type { ColumnSpec, Diagnostic, RowMode } from "../wire/contract";
import { listen } from "../wire/model";
import { PAGE } from "../wire/pages";
import { RpcError } from "../wire/rpc";
import { Slot } from "../wire/slot";
import { type Env, isCancelled, messageOf } from "./env";
import type { Results } from "./results";

/** Typing that rests this long runs. */
const IDLE_MS = 250;

/** Texts that ↑ brings back. They live as long as the view: nothing of a trace is put into the browser's storage. */
const KEPT = 100;

/** A text that was typed on within this time takes its own place in the history. */
const SAME_MS = 4000;

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
  /** the filter that stood before the last change; null where there is none */
  readonly previous: ReadonlySignal<string | null>;
  /** typing: runs after a rest, though not in the middle of a composed character */
  type(text: string, cursor?: number, composing?: boolean): void;
  /** runs now, and makes the text the widget's filter if it is valid */
  run(text: string): void;
  /** the same question again: other columns, another row mode, or new data */
  again(): void;
  /** history: 1 is older, -1 newer; null when there is no such text */
  recall(step: 1 | -1, now?: boolean): string | null;
  /** one step back (-1) or forth (1) in what was done to the text; null when there is none */
  undo(by: -1 | 1): Step | null;
  describe(): void;
}

export interface Asked {
  readonly rows: ReadonlySignal<RowMode>;
  readonly columns: ReadonlySignal<readonly ColumnSpec[]>;
  readonly predicates: ReadonlySignal<readonly string[]>;
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
  const history = signal<readonly string[]>([initial]);
  const back = signal(0);
  const steps = new Undo(initial);
  const ours = new Set<string>();
  let typed = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  env.end.addEventListener("abort", () => clearTimeout(timer), { once: true });

  const put = (next: string): void => {
    batch(() => {
      text.value = next;
      // Squiggles of an older text would stand under the wrong words.
      if (diagnostics.value.length > 0)
        diagnostics.value = diagnostics.value.filter(
          (entry) => entry.severity === "error" && entry.end <= next.length,
        );
    });
  };

  /** The text is changed by something else than a key. */
  const change = (next: string): void => {
    steps.put({ text: next, cursor: next.length }, null);
    put(next);
  };

  const later = (next: string, keep: boolean, wasTyped: boolean): void => {
    stop();
    timer = setTimeout(() => void ask(next, true, keep, wasTyped), IDLE_MS);
  };

  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };

  const ask = async (filter: string, commit: boolean, keep = commit, wasTyped = false): Promise<void> => {
    stop();
    const [rows, columns] = [asked.rows.value, asked.columns.value];
    const shape = { rows, columns, predicates: asked.predicates.value };
    if (commit) ours.add(filter);
    running.value = true;
    try {
      const page = await slot.run((signal) =>
        env.rpc.call("page", { filter, rows, columns, at: 0, limit: PAGE, commit }, signal),
      );
      batch(() => {
        results.replace(page, shape);
        failure.value = null;
        if (text.value === filter) diagnostics.value = page.diagnostics;
        gloss.value = "";
      });
      if (keep) remember(filter, wasTyped);
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

  const remember = (filter: string, wasTyped: boolean): void => {
    back.value = 0;
    const last = history.value[history.value.length - 1];
    const now = performance.now();
    const same = wasTyped && now - typed < SAME_MS;
    typed = wasTyped ? now : Number.NEGATIVE_INFINITY;
    if (last === filter) return;
    const before = same ? history.value.slice(0, -1) : history.value;
    history.value = [...before, filter].slice(-KEPT);
  };

  const older = (by: number): string | undefined =>
    history.value[history.value.length - 1 - (back.value + by)];

  // Python (or another view of the same widget) set the filter. Our own commits come back here, too.
  const external = (): void => {
    const filter = env.model.get("filter") ?? "";
    if (filter === results.answer.value?.filter || ours.has(filter)) return;
    // Nothing is put under the cursor of somebody who is typing: what is typed runs in a moment, and wins.
    if (timer !== undefined) return;
    change(filter);
    diagnostics.value = [];
    remember(filter, false);
    void ask(filter, false);
  };
  listen(env.model, "change:filter", external, env.end);

  const run = (next: string): void => {
    change(next);
    void ask(next, true);
  };

  return {
    text,
    diagnostics,
    invalid: computed(() => diagnostics.value.some((entry) => entry.severity === "error")),
    running,
    gloss,
    failure,
    previous: computed(() => older(1) ?? null),
    type(next, cursor = next.length, composing = false) {
      steps.put({ text: next, cursor }, performance.now());
      put(next);
      stop();
      if (!composing) later(next, true, true);
    },
    run,
    again() {
      void ask(results.answer.value?.filter ?? text.value, false);
    },
    recall(step, now = false) {
      const found = older(step);
      if (found === undefined || back.value + step < 0) return null;
      back.value += step;
      change(found);
      // Walking through the history must not itself become history.
      if (now) void ask(found, true, false);
      else later(found, false, false);
      return found;
    },
    undo(by) {
      const step = steps.go(by);
      if (step) {
        put(step.text);
        later(step.text, true, true);
      }
      return step;
    },
    async describe() {
      const filter = results.answer.value?.filter ?? "";
      if (gloss.value || filter !== text.value) return;
      try {
        gloss.value = (
          await checking.run((signal) => env.rpc.call("check", { filter, rows: asked.rows.value }, signal))
        ).gloss;
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
