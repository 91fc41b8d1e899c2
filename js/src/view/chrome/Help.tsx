/** The key table, drawn from the one that the handlers read. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { KEYS, type Key } from "../../model/keys";
import { useApp } from "../context";
import { focused } from "../dom";
import { Icon } from "./Icon";

const PANES = [
  ["bar", "Filter"],
  ["list", "List"],
  ["trace", "Trace"],
  ["detail", "Detail"],
] as const;

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
  const everywhere = KEYS.filter((key) => key.panes.length > 2);
  return (
    <div ref={self} class="sg-help" data-pane="help" tabIndex={-1} role="dialog" aria-label="Keys">
      <button type="button" class="sg-tool sg-close" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
      {PANES.map(([pane, title]) => (
        <Table
          key={pane}
          title={title}
          keys={KEYS.filter((key) => key.panes.includes(pane) && key.panes.length <= 2)}
        />
      ))}
      <Table title="Everywhere" keys={everywhere} />
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
