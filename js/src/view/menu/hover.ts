/** Opens the value menu: by resting the pointer on a value, by selecting a part of a text, or by key. */

import type { App } from "../../state/app";
import { boxIn, selectionIn } from "../dom";

/** The pointer has to rest: longer over the list, where it mostly passes by. */
const REST_MS = { list: 380, other: 160 };
const LEAVE_MS = 260;

export function watchValues(app: App, root: HTMLElement, end: AbortSignal): void {
  const { menus } = app;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over: Element | null = null;
  // After a click the rows may move under a pointer that rests: that is no wish for a menu.
  let clicked: readonly [number, number] | null = null;

  const valueAt = (node: EventTarget | null): Element | null => {
    for (let at = node as Element | null; at && at !== root; at = at.parentElement) {
      if (menus.targets.has(at)) return at;
    }
    return null;
  };

  const onOver = (event: PointerEvent): void => {
    if (event.pointerType === "touch" || event.buttons !== 0) return;
    if (clicked?.[0] === event.clientX && clicked[1] === event.clientY) return;
    clicked = null;
    const element = event.target as Element;
    if (element.closest(".sg-menu")) {
      clearTimeout(timer);
      over = null;
      return;
    }
    if (menus.menu.value?.origin || menus.menu.value?.columns) return;
    const value = valueAt(element);
    if (value === over && (value === null) === (menus.menu.value === null)) return;
    over = value;
    clearTimeout(timer);
    if (!value) {
      timer = setTimeout(() => (menus.menu.value = null), LEAVE_MS);
      return;
    }
    const rest = value.closest('[data-pane="list"]') ? REST_MS.list : REST_MS.other;
    timer = setTimeout(() => openAt(app, root, value, null), menus.menu.value ? LEAVE_MS : rest);
  };

  const onLeave = (): void => {
    over = null;
    clearTimeout(timer);
    if (!menus.menu.value?.origin) timer = setTimeout(() => (menus.menu.value = null), LEAVE_MS);
  };

  const onUp = (event: PointerEvent): void => {
    const value = valueAt(event.target as Element);
    const selection = selectionIn(root);
    const text = selection?.toString().trim() ?? "";
    if (!value || !selection || selection.rangeCount === 0 || text === "") return;
    if (!value.closest('[data-pane="detail"]')) return;
    const target = menus.targets.get(value);
    if (!target || typeof target.value !== "string" || text === target.value.trim()) return;
    clearTimeout(timer);
    const box = boxIn(root, selection.getRangeAt(0).getBoundingClientRect());
    menus.open({ ...target, value: text }, box, { part: true });
  };

  const onDown = (event: PointerEvent): void => {
    clearTimeout(timer);
    clicked = [event.clientX, event.clientY];
    if (!(event.target as Element).closest(".sg-menu")) menus.menu.value = null;
  };

  const options = { signal: end };
  root.addEventListener("pointerover", onOver, options);
  root.addEventListener("pointerleave", onLeave, options);
  root.addEventListener("pointerup", onUp, options);
  root.addEventListener("pointerdown", onDown, options);
  end.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

/** Opens the menu of the value that `element` shows; with `origin` the menu takes the focus. */
export function openAt(app: App, root: HTMLElement, element: Element, origin: HTMLElement | null): boolean {
  const target = app.menus.targets.get(element);
  if (!target || !element.isConnected) return false;
  app.menus.open(target, boxIn(root, element.getBoundingClientRect()), { origin });
  return true;
}
