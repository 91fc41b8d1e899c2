/** The part of anywidget's model that is used, and a signal for each trait. */

import { type Signal, signal } from "@preact/signals";
import type { Traits } from "./contract";

export interface AnyModel {
  get<K extends keyof Traits>(name: K): Traits[K];
  set<K extends keyof Traits>(name: K, value: Traits[K]): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: unknown): void;
  // biome-ignore lint/suspicious/noExplicitAny: the events of a model have as many shapes as names
  on(name: string, callback: (...args: any[]) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  off(name: string, callback: (...args: any[]) => void): void;
}

/** Calls `callback` on an event of the model until `end` aborts. */
export function listen(
  model: AnyModel,
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  callback: (...args: any[]) => void,
  end: AbortSignal,
): void {
  if (end.aborted) return;
  model.on(name, callback);
  end.addEventListener("abort", () => model.off(name, callback), { once: true });
}

/** A trait that the browser writes: read as a signal, written and saved at once. */
export interface Shared<T> {
  readonly value: Signal<T>;
  set(value: T): void;
}

export function shared<K extends keyof Traits>(
  model: AnyModel,
  name: K,
  fallback: Traits[K],
  end: AbortSignal,
): Shared<Traits[K]> {
  const value = signal<Traits[K]>(model.get(name) ?? fallback);
  listen(model, `change:${name}`, () => (value.value = model.get(name) ?? fallback), end);
  return {
    value,
    set(next) {
      value.value = next;
      model.set(name, next);
      model.save_changes();
    },
  };
}
