import type { ComponentChildren } from "preact";
import type { App } from "../../state/app";
import type { Target } from "../../wire/contract";
import { useApp } from "../context";

interface Props {
  readonly target: Target;
  readonly class?: string;
  readonly title?: string;
  /** takes the focus in its pane, so that `.` opens the menu here */
  readonly stop?: boolean;
  readonly children: ComponentChildren;
}

/** A value on the screen that the value menu works on. */
export function Value(props: Props) {
  return valueIn(useApp(), props);
}

/** The same without a component of its own: rows of hundreds of values come and go with every step of scrolling. */
export function valueIn({ menus }: App, { target, class: name, title, stop, children }: Props) {
  return (
    <span
      class={`sg-value ${name ?? ""}`}
      title={title}
      ref={(element) => {
        if (element) menus.targets.set(element, target);
      }}
      {...(stop ? { tabIndex: -1, "data-stop": "" } : {})}
    >
      {children}
    </span>
  );
}
