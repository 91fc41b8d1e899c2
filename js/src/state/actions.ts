/** What the keys do: an action of the key table, in the pane that has the focus. */

import type { Action, Pane } from "../model/keys";
import type { App } from "./app";

/** Rows that PageUp and PageDown move by. */
const PAGE_STEP = 12;

/** Does what an action means in a pane; false when it means nothing there now. */
export function act(app: App, pane: Pane, action: Action): boolean {
  return (pane === "list" ? listAction : traceAction)(app, action) || anyAction(app, pane, action);
}

function listAction(app: App, action: Action): boolean {
  const { list, screen } = app;
  const { row, cell } = list.cursor.value;
  const column = list.columns.value[cell - 1];
  switch (action) {
    case "down":
      list.move(1);
      return true;
    case "up":
      list.move(-1);
      return true;
    case "pageDown":
      list.move(PAGE_STEP);
      return true;
    case "pageUp":
      list.go(Math.max(0, row - PAGE_STEP));
      return true;
    case "first":
      list.go(0);
      return true;
    case "last":
      list.go(Number.MAX_SAFE_INTEGER);
      return true;
    case "left":
      list.move(0, -1);
      return true;
    case "right":
      list.move(0, 1);
      return true;
    case "extendDown":
      list.extend(1);
      return true;
    case "extendUp":
      list.extend(-1);
      return true;
    case "select":
      if (row >= 0) list.pick(row);
      else if (column) list.sort(column);
      return true;
    case "selectAll":
      app.picks.all();
      return true;
    case "group":
    case "addColumn":
      list.heading.value = "add";
      return true;
    case "menu":
      if (row >= 0 || !column) return false;
      list.heading.value = column;
      return true;
    case "removeColumn":
      if (column) list.removeColumn(column);
      return true;
    case "pinColumn":
      if (column) list.pin(column);
      return true;
    case "columnLeft":
    case "columnRight":
      if (column) list.moveColumn(column, cell - 1 + (action === "columnLeft" ? -1 : 1));
      return true;
    case "narrower":
    case "wider":
      if (column) list.resize(column, column.width + (action === "wider" ? 16 : -16), true);
      return true;
    case "open":
      if (row < 0) {
        if (column) list.sort(column);
      } else {
        app.openRow(row);
        screen.look("trace");
      }
      return true;
    default:
      return false;
  }
}

/** The trace pane's keys; the detail pane shares those about spans. */
function traceAction(app: App, action: Action): boolean {
  const { trace, screen } = app;
  switch (action) {
    case "down":
      trace.move(1);
      return true;
    case "up":
      trace.move(-1);
      return true;
    case "pageDown":
      trace.move(PAGE_STEP);
      return true;
    case "pageUp":
      trace.move(-PAGE_STEP);
      return true;
    case "first":
      trace.move(Number.NEGATIVE_INFINITY);
      return true;
    case "last":
      trace.move(Number.POSITIVE_INFINITY);
      return true;
    case "left":
      trace.left();
      return true;
    case "right":
      trace.right();
      return true;
    case "foldLess":
      trace.levels(1);
      return true;
    case "foldMore":
      trace.levels(-1);
      return true;
    case "zoomIn":
      trace.zoomToCursor();
      return true;
    case "zoomOut":
      trace.zoom.out();
      return true;
    case "zoomFit":
      trace.zoom.fit();
      return true;
    case "idle":
      trace.zoom.toggleIdle();
      return true;
    case "critical":
      trace.critical.value = !trace.critical.value;
      return true;
    case "open":
      screen.look("detail");
      return true;
    case "nextMatch":
      if (!trace.next("match", 1)) app.env.say("No other match in this trace");
      return true;
    case "previousMatch":
      if (!trace.next("match", -1)) app.env.say("No other match in this trace");
      return true;
    case "nextError":
      if (!trace.next("error", 1)) app.env.say("No other error in this trace");
      return true;
    case "sameName":
      if (!trace.next("name", 1)) app.env.say("No other span of this name");
      return true;
    default:
      return false;
  }
}

function anyAction(app: App, pane: Pane, action: Action): boolean {
  const { screen, list } = app;
  switch (action) {
    case "nextTrace":
    case "previousTrace":
      app.openRow(list.cursor.value.row + (action === "nextTrace" ? 1 : -1));
      return true;
    case "nextTab":
      app.detail.turn(1);
      return true;
    case "previousTab":
      app.detail.turn(-1);
      return true;
    case "compare":
      app.compare();
      return true;
    case "label":
      app.labels.begin();
      return true;
    case "help":
      screen.help.value = !screen.help.value;
      return true;
    case "back":
      if (screen.help.value) screen.help.value = false;
      else if (screen.compared.value) {
        screen.compared.value = null;
        screen.look("list");
      } else if (pane === "detail") screen.look("trace");
      else if (pane === "trace") screen.look("list");
      else return false;
      return true;
    default:
      return false;
  }
}
