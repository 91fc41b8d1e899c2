/** The widget's own space: how many panes fit, which one is looked at, heights and widths. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Layout, Selection } from "../wire/contract";
import type { Shared } from "../wire/model";
import type { Env } from "./env";

export type Mode = "one" | "two" | "three";
export type Place = "list" | "trace" | "detail";
export type Panes = readonly [number, number, number];

/** From these widths on, in px, there is room for two and for three panes. */
const TWO = 640;
const THREE = 1000;

export const PANES: Panes = [38, 32, 30];
const LEAST_PANE = 16;
const WIDEST_LIST = 48;
export const LEAST_HEIGHT = 220;
const DEFAULT_HEIGHT = 480;

export interface Screen {
  readonly mode: Signal<Mode>;
  /** the pane that is looked at, which decides what is on a narrow screen */
  readonly place: Signal<Place>;
  /** counts up when the pane that is looked at should take the focus */
  readonly focus: Signal<number>;
  readonly panes: ReadonlySignal<Panes>;
  /** px that the list would like, all its columns at full width */
  readonly wish: Signal<number>;
  readonly height: Signal<number>;
  readonly help: Signal<boolean>;
  readonly full: Signal<boolean>;
  /** whether the page lets it fill the screen */
  readonly canFill: Signal<boolean>;
  /** the traces that are compared, in the place of trace and detail */
  readonly compared: Signal<Selection | null>;
  fit(width: number): void;
  look(place: Place): void;
  /** moves the splitter after pane `index` by a share of the width */
  split(index: 0 | 1, share: number): void;
  keepPanes(): void;
  setHeight(height: number, keep: boolean): void;
}

export function createScreen(env: Env, layout: Shared<Layout>): Screen {
  const mode = signal<Mode>("two");
  const place = signal<Place>("list");
  const focus = signal(0);
  const width = signal(0);
  const wish = signal(0);
  const own = signal<Panes | null>(sound(layout.value.value.panes));
  const panes = computed(() => own.value ?? suited(width.value > 0 ? (100 * wish.value) / width.value : 0));
  const height = signal(env.model.get("height") || DEFAULT_HEIGHT);
  const onHeight = (): void => {
    height.value = Math.max(LEAST_HEIGHT, env.model.get("height") || DEFAULT_HEIGHT);
  };
  env.model.on("change:height", onHeight);
  env.end.addEventListener("abort", () => env.model.off("change:height", onHeight), { once: true });

  return {
    mode,
    place,
    focus,
    panes,
    wish,
    height,
    help: signal(false),
    full: signal(false),
    canFill: signal(false),
    compared: signal(null),
    fit(px) {
      // A hidden tab measures 0; what was is what will be.
      if (px <= 0) return;
      width.value = px;
      mode.value = px >= THREE ? "three" : px >= TWO ? "two" : "one";
    },
    look(next) {
      place.value = next;
      focus.value += 1;
    },
    split(index, share) {
      const now = [...panes.value] as [number, number, number];
      const both = now[index]! + now[index + 1]!;
      now[index] = Math.min(both - LEAST_PANE, Math.max(LEAST_PANE, share));
      now[index + 1] = both - now[index]!;
      own.value = now;
    },
    keepPanes() {
      const rounded = panes.value.map((share) => Math.round(share * 10) / 10) as unknown as Panes;
      layout.set({ ...layout.value.value, panes: rounded });
    },
    setHeight(next, keep) {
      height.value = Math.max(LEAST_HEIGHT, Math.round(next));
      if (!keep) return;
      env.model.set("height", height.value);
      env.model.save_changes();
    },
  };
}

function sound(panes: Panes | undefined): Panes | null {
  return panes && panes.length === 3 && panes.every((share) => share >= LEAST_PANE / 2) ? panes : null;
}

/** Nobody moved a splitter: the list takes more where it has more columns, the others share the rest as ever. */
function suited(wish: number): Panes {
  const list = Math.min(WIDEST_LIST, Math.max(PANES[0], wish));
  const trace = ((100 - list) * PANES[1]) / (PANES[1] + PANES[2]);
  return [list, trace, 100 - list - trace];
}
