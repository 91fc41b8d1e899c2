/** The keys of the strip: from facet to facet, and the brush by keyboard. */

import type { Action, Pane } from "../../model/keys";
import type { App } from "../../state/app";
import { onHistogramKey } from "./brushing";

export function stripAction(app: App, pane: Pane, action: Action, target: HTMLElement): boolean {
  if (pane === "histogram" && action !== "back") return onHistogramKey(target, action);
  if (action === "back") {
    const { overview, screen } = app;
    if (overview.all.value) target.closest(".sg")?.querySelector<HTMLElement>(".sg-all-facets")?.focus();
    else screen.look("list");
    overview.all.value = false;
    return true;
  }
  if (target instanceof HTMLInputElement) return false;
  const stops = [
    ...(target.closest("[data-pane]")?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? []),
  ];
  const next = stops.indexOf(target) + (action === "right" ? 1 : -1);
  stops[(next + stops.length) % stops.length]?.focus();
  return true;
}
