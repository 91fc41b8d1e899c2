/** The key table, drawn from the one that the handlers read. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { KEYS, type Key } from "../../model/keys";
import { useApp } from "../context";
import { focused } from "../dom";
import { Icon } from "./Icon";

/** Keys are listed once, with the panes that share them. */
const GROUPS: readonly (readonly [title: string, belongs: (key: Key) => boolean])[] = [
  ["Filter", ({ panes }) => panes[0] === "bar"],
  ["Histogram", ({ panes }) => only(panes, "histogram")],
  ["Trace", ({ panes }) => only(panes, "trace")],
  ["Detail", ({ panes }) => only(panes, "detail")],
  ["Label", ({ panes }) => only(panes, "label")],
  ["List", ({ panes }) => only(panes, "list") || panes[1] === "groups"],
  ["Groups", ({ panes }) => only(panes, "groups")],
  ["Comparison and graph", ({ panes }) => panes[0] === "compare" || panes[0] === "graph"],
  ["Trace and detail", ({ panes }) => panes.length === 2 && panes.includes("trace")],
  ["Everywhere", ({ panes }) => panes.length > 2 && panes[0] !== "bar"],
];

function only(panes: Key["panes"], pane: Key["panes"][number]): boolean {
  return panes.length === 1 && panes[0] === pane;
}

const SPELLED: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageDown: "PgDn",
  PageUp: "PgUp",
  Escape: "Esc",
};

export function Help() {
  const { screen } = useApp();
  const self = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const panel = self.current;
    if (!panel) return;
    const before = focused(panel) as HTMLElement | null;
    panel.focus();
    return () => before?.focus({ preventScroll: true });
  }, []);
  const close = (): void => {
    screen.help.value = false;
  };
  return (
    <div ref={self} class="sg-help" data-pane="help" tabIndex={-1} role="dialog" aria-label="Keys">
      <button type="button" class="sg-tool sg-close" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
      {GROUPS.map(([title, belongs]) => (
        <Table key={title} title={title} keys={KEYS.filter(belongs)} />
      ))}
    </div>
  );
}

function Table({ title, keys }: { title: string; keys: readonly Key[] }) {
  return (
    <section>
      <h4>{title}</h4>
      <dl>
        {keys.map((key) => (
          <div key={key.action + key.help}>
            <dt>
              {key.keys.map((name) => (
                <kbd key={name}>{spelled(name)}</kbd>
              ))}
            </dt>
            <dd>{key.help}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function spelled(name: string): string {
  return name
    .split("+")
    .map((part) => SPELLED[part] ?? part)
    .join(" ");
}
