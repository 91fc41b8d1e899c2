/** The waterfall's scale: which stretch of time is on the screen, and whether idle time is left out of it. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Bend, bendOf, bent, worker } from "../model/idle";
import { type Window, within } from "../model/layout";
import type { Tree } from "../model/tree";
import type { Open } from "./traces";

export interface Zoom {
  /** the tree as it is drawn: bent where idle time is left out */
  readonly drawn: ReadonlySignal<Tree | null>;
  /** what was found idle; null without a trace */
  readonly bend: ReadonlySignal<Bend | null>;
  readonly compressed: Signal<boolean>;
  /** all that can be shown, and what is, in drawn time */
  readonly whole: ReadonlySignal<Window>;
  readonly window: ReadonlySignal<Window>;
  readonly zoomed: ReadonlySignal<boolean>;
  /** shows this stretch of drawn time */
  to(window: Window): void;
  /** shows these rows with a little room */
  around(rows: readonly number[]): void;
  /** back to what was shown before */
  out(): void;
  fit(): void;
  toggleIdle(): void;
}

/** Steps back that are kept. */
const KEPT = 30;

/** A span is zoomed to with this share of its length around it. */
const AROUND = 0.04;

export function createZoom(open: ReadonlySignal<Open | null>): Zoom {
  const compressed = signal(false);
  /** what was zoomed to, the last one shown; nothing is the whole */
  const steps = signal<readonly Window[]>([]);
  const bend = computed(() => {
    const now = open.value;
    if (!now) return null;
    const { spans, types } = now.result;
    return bendOf(
      now.tree,
      worker(now.tree, (row) => types[spans.type[row]!] ?? ""),
    );
  });
  const drawn = computed(() => {
    const tree = open.value?.tree ?? null;
    return compressed.value && tree && bend.value ? bent(tree, bend.value) : tree;
  });
  const whole = computed((): Window => {
    const { from, to } = drawn.value ?? { from: 0, to: 1 };
    return { from, to: to > from ? to : from + 1 };
  });
  const to = (window: Window): void => {
    steps.value = [...steps.value.slice(-KEPT), within(window, whole.value)];
  };
  return {
    drawn,
    bend,
    compressed,
    whole,
    window: computed(() => within(steps.value[steps.value.length - 1] ?? whole.value, whole.value)),
    zoomed: computed(() => steps.value.length > 0),
    to,
    around(rows) {
      const now = drawn.value;
      if (!now) return;
      const from = rows.reduce((least, row) => Math.min(least, now.start[row]!), Number.POSITIVE_INFINITY);
      const end = rows.reduce((most, row) => Math.max(most, now.end[row]!), Number.NEGATIVE_INFINITY);
      const room = (end - from) * AROUND;
      to({ from: from - room, to: end + room });
    },
    out() {
      steps.value = steps.value.slice(0, -1);
    },
    fit() {
      steps.value = [];
    },
    toggleIdle() {
      batch(() => {
        steps.value = [];
        compressed.value = !compressed.value;
      });
    },
  };
}
