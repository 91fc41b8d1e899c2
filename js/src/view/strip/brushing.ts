/** Lets the key handler, which knows elements, reach the histogram that an element shows. */

import type { Action } from "../../model/keys";

const HANDLERS = new WeakMap<Element, (action: Action) => boolean>();

export function handleKeys(element: Element, handler: (action: Action) => boolean): void {
  HANDLERS.set(element, handler);
}

export function onHistogramKey(element: Element, action: Action): boolean {
  return HANDLERS.get(element)?.(action) ?? false;
}
