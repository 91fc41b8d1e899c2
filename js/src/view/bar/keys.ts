/** The keys of the filter box: the text's own, and those of the proposals while they are shown. */

import type { Action, Pane } from "../../model/keys";
import type { App } from "../../state/app";

/** The pane whose keys are meant in the bar: the proposals take some of them while they are shown. */
export function barPane(app: App, target: EventTarget | null): Pane {
  return target instanceof HTMLInputElement && app.completion.shown.value ? "proposals" : "bar";
}

/** Does what a key means in the filter box; false where it means nothing here, as Tab without proposals. */
export function barAction(app: App, action: Action, target: HTMLElement): boolean {
  const { filter, screen, completion } = app;
  if (!(target instanceof HTMLInputElement)) {
    if (action !== "back") return false;
    screen.look("list");
    return true;
  }
  switch (action) {
    case "run":
      completion.close();
      filter.run(filter.text.value);
      return true;
    case "older":
      filter.recall(1);
      return true;
    case "newer":
      if (filter.recall(-1) === null) screen.look("list");
      return true;
    case "undo":
    case "redo":
      completion.close();
      return write(target, filter.undo(action === "undo" ? -1 : 1));
    case "propose":
      completion.ask(target.value, target.selectionStart ?? target.value.length);
      return true;
    default:
      screen.look(screen.mode.value === "one" ? screen.place.value : "list");
      return true;
  }
}

/** Does what a key means while proposals are shown. */
export function proposalAction(app: App, action: Action, target: HTMLElement): boolean {
  const { completion } = app;
  if (action === "down" || action === "up") completion.move(action === "down" ? 1 : -1);
  else if (action === "back") completion.close();
  else if (action === "run" && completion.active.value < 0) return barAction(app, "run", target);
  else if (action === "undo" || action === "redo") return barAction(app, action, target);
  else takeProposal(app, target as HTMLInputElement);
  return true;
}

/** Writes a proposal into the text, and asks what can follow. */
export function takeProposal(app: App, input: HTMLInputElement, index?: number): void {
  const { completion, filter } = app;
  const taken = completion.take(index);
  if (!taken) return;
  filter.type(taken.text, taken.cursor);
  write(input, taken);
  completion.ask(taken.text, taken.cursor);
}

function write(input: HTMLInputElement, step: { text: string; cursor: number } | null): true {
  if (step) {
    input.value = step.text;
    input.setSelectionRange(step.cursor, step.cursor);
  }
  return true;
}
