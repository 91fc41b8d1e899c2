/** Moving by key among the values of the detail pane. */

import type { Action } from "../../model/keys";

const STEPS: Partial<Record<Action, number>> = {
  down: 1,
  up: -1,
  pageDown: 12,
  pageUp: -12,
  first: Number.NEGATIVE_INFINITY,
  last: Number.POSITIVE_INFINITY,
};

/** True when the key was about moving or folding here. */
export function moveInDetail(target: HTMLElement, action: Action): boolean {
  const pane = target.closest(".sg-detail");
  if (!pane) return false;
  const step = STEPS[action];
  if (step !== undefined) {
    const stops = [...pane.querySelectorAll<HTMLElement>("[data-stop]")];
    const at = stops.indexOf(target.closest<HTMLElement>("[data-stop]") ?? target);
    const next = stops[Math.max(0, Math.min(stops.length - 1, at + step))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
    return true;
  }
  if (action !== "left" && action !== "right" && action !== "open") return false;
  const row = target.closest<HTMLElement>("[data-open]");
  const open = row?.dataset.open === "true";
  if (row && (action === "open" || open === (action === "left"))) {
    row.querySelector<HTMLElement>("[data-toggle]")?.click();
  } else if (action === "open") {
    target.querySelector<HTMLElement>("button")?.click();
  }
  return true;
}
