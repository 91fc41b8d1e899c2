/** Key presses: one handler for the whole widget, which asks the one table. */

import { type Action, actionFor, belongsHere, type Pane, ROWS } from "../model/keys";
import { act } from "../state/actions";
import type { App } from "../state/app";
import { barAction, barPane, proposalAction } from "./bar/keys";
import { moveInDetail } from "./detail/moves";
import { focused } from "./dom";
import { openAt } from "./menu/hover";
import { stripAction } from "./strip/keys";

export function onKeyDown(app: App, root: HTMLElement, event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const place = (target.closest<HTMLElement>("[data-pane]")?.dataset.pane ?? "list") as Pane;
  const pane = place === "bar" ? barPane(app, target) : labelPane(app, place, event);
  // What an input method does with its keys is its own.
  if (event.isComposing) {
    event.stopPropagation();
    return;
  }
  const action = actionFor(pane, event);
  const typing = target instanceof HTMLInputElement && place !== "bar";
  const plainButton = target instanceof HTMLButtonElement && (event.key === "Enter" || event.key === " ");
  if (action && !typing && !plainButton && perform(app, root, pane, action, target, event.key)) {
    event.preventDefault();
    event.stopPropagation();
  } else if (belongsHere(event)) {
    event.stopPropagation();
  }
}

/** In label mode its keys come first. */
function labelPane(app: App, pane: Pane, event: KeyboardEvent): Pane {
  return app.labels.on.value && (ROWS as readonly Pane[]).includes(pane) && actionFor("label", event)
    ? "label"
    : pane;
}

function perform(
  app: App,
  root: HTMLElement,
  pane: Pane,
  action: Action,
  target: HTMLElement,
  key: string,
): boolean {
  if (pane === "bar") return barAction(app, action, target);
  if (pane === "proposals") return proposalAction(app, action, target);
  if (pane === "strip" || pane === "histogram") return stripAction(app, pane, action, target);
  if (pane === "menu") return menuAction(app, action, target);
  if (pane === "label") return app.labels.act(action, key);
  if (pane === "detail" && moveInDetail(target, action)) return true;
  if (app.more.acts.get(pane)?.(action, target)) return true;
  switch (action) {
    case "filter":
      root.querySelector<HTMLInputElement>(".sg-bar input")?.focus();
      return true;
    case "find":
      root.querySelector<HTMLInputElement>(".sg-find input")?.focus();
      return true;
    case "undo":
      app.filter.recall(1, true);
      return true;
    case "fullScreen":
      toggleFull(root);
      return true;
    case "markdown":
      app.detail.markdown.value = !app.detail.markdown.value;
      return true;
    case "copyValue": {
      const shown = shownValue(app, target);
      const value = shown && app.menus.targets.get(shown);
      if (value) void app.menus.copyValue(value);
      return !!value;
    }
    case "menu": {
      const value = shownValue(app, target);
      return (value !== null && openAt(app, root, value, target)) || act(app, pane, action);
    }
    default:
      return act(app, pane, action) || (action === "back" && leave(root));
  }
}

/** The value that is meant by `.` on a focused element: itself, or the first one within. */
function shownValue(app: App, element: HTMLElement): Element | null {
  if (app.menus.targets.has(element)) return element;
  for (const inner of element.querySelectorAll(".sg-value")) if (app.menus.targets.has(inner)) return inner;
  return null;
}

function menuAction(app: App, action: Action, target: HTMLElement): boolean {
  if (action === "back") {
    if (app.list.heading.value === null) app.menus.close();
    else app.list.closeHeading();
    return true;
  }
  const buttons = [...(target.closest(".sg-menu")?.querySelectorAll("button") ?? [])];
  const at = buttons.indexOf(target as HTMLButtonElement) + (action === "right" ? 1 : -1);
  buttons[(at + buttons.length) % buttons.length]?.focus();
  return true;
}

export function toggleFull(root: HTMLElement): void {
  const { ownerDocument } = root;
  if (!ownerDocument.fullscreenEnabled) return;
  const now = (root.getRootNode() as Document | ShadowRoot).fullscreenElement;
  void (now ? ownerDocument.exitFullscreen() : root.requestFullscreen());
}

/** Esc at the top level: the notebook's cell has the focus again. */
function leave(root: HTMLElement): boolean {
  const tree = root.getRootNode();
  const outer = tree instanceof ShadowRoot ? tree.host : root.parentElement;
  const cell = outer?.closest<HTMLElement>("[tabindex]");
  (focused(root) as HTMLElement | null)?.blur();
  cell?.focus({ preventScroll: true });
  return true;
}
