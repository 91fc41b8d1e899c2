/** What can be written at the text cursor: asked while typing, never in its way. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { narrowed, type Proposals, proposals, taken } from "../model/proposals";
import type { CompleteParams } from "../wire/contract";
import { Slot } from "../wire/slot";
import type { Env } from "./env";

export interface Completion {
  readonly shown: ReadonlySignal<Proposals | null>;
  /** the one that the arrow keys are on, -1 for none */
  readonly active: Signal<number>;
  ask(text: string, cursor: number): void;
  move(by: number): void;
  /** the text with the active, the given or the first proposal; null when there is none */
  take(index?: number): { text: string; cursor: number } | null;
  close(): void;
}

/** Keys that follow each other faster are asked about once. */
const REST_MS = 40;

export function createCompletion(env: Env): Completion {
  const found = signal<Proposals | null>(null);
  const active = signal(-1);
  const asking = new Slot("replace");
  const refining = new Slot("replace");
  let wanted: CompleteParams | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  env.end.addEventListener("abort", () => clearTimeout(timer), { once: true });

  const put = (next: Proposals | null): void => {
    const on = found.value?.items[active.value]?.insert;
    batch(() => {
      found.value = next && next.items.length > 0 ? next : null;
      active.value = on === undefined ? -1 : (next?.items.findIndex((item) => item.insert === on) ?? -1);
    });
  };

  const request = async (asked: CompleteParams): Promise<void> => {
    const { filter, cursor } = asked;
    try {
      const first = await asking.run((signal) => env.rpc.call("complete", asked, signal));
      if (wanted !== asked) return;
      put(proposals(filter, cursor, first));
      if (!first.refinable) return;
      const better = await refining.run((signal) => env.rpc.call("refine", asked, signal));
      // Whoever walks through the proposals keeps them as they are.
      if (wanted === asked && active.value < 0) put(proposals(filter, cursor, better));
    } catch {
      // Proposals are a help: without them the text can be typed all the same.
      if (wanted === asked && found.value?.text !== filter) put(null);
    }
  };

  const close = (): void => {
    wanted = null;
    clearTimeout(timer);
    put(null);
  };

  return {
    shown: computed(() => found.value),
    active,
    ask(filter, cursor) {
      const asked = { filter, cursor };
      wanted = asked;
      if (found.value) put(narrowed(found.value, filter, cursor));
      clearTimeout(timer);
      timer = setTimeout(() => void request(asked), REST_MS);
    },
    move(by) {
      const count = found.value?.items.length ?? 0;
      // From none: down to the first, up to the last; past either end back into the text.
      if (count > 0) active.value = ((active.value + 1 + by + count + 1) % (count + 1)) - 1;
    },
    take(index) {
      const now = found.value;
      const item = now?.items[index ?? Math.max(0, active.value)];
      if (!now || !item) return null;
      close();
      return taken(now, item);
    },
    close,
  };
}
