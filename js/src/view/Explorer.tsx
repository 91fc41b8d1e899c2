/** The widget: bar, panes, footer; and the listeners that belong to all of it. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { App } from "../state/app";
import { Bar } from "./bar/Bar";
import { Footer } from "./chrome/Footer";
import { Help } from "./chrome/Help";
import { Panes } from "./chrome/Panes";
import { AppContext } from "./context";
import { onKeyDown } from "./keyboard";
import { More } from "./More";
import { watchValues } from "./menu/hover";
import { Menu } from "./menu/Menu";
import { Strip } from "./strip/Strip";

export function Explorer({ app }: { app: App }) {
  const root = useRef<HTMLDivElement>(null);
  const { screen } = app;

  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    screen.canFill.value = element.ownerDocument.fullscreenEnabled;
    const over = new AbortController();
    const { signal } = over;
    const size = new ResizeObserver(() => screen.fit(element.clientWidth));
    size.observe(element);
    screen.fit(element.clientWidth);
    signal.addEventListener("abort", () => size.disconnect(), { once: true });
    element.addEventListener("keydown", (event) => onKeyDown(app, element, event), { signal });
    element.addEventListener(
      "fullscreenchange",
      () => {
        screen.full.value = element.matches(":fullscreen");
      },
      { signal },
    );
    watchValues(app, element, signal);
    return () => over.abort();
  }, [app, screen]);

  return (
    <AppContext.Provider value={app}>
      <div
        ref={root}
        class="sg"
        data-mode={screen.mode.value}
        style={{ height: screen.full.value ? "100%" : `${screen.height.value}px` }}
      >
        <div>
          <Bar />
          <Strip />
        </div>
        <Panes />
        <div style={{ position: "relative" }}>
          {app.labels.on.value && <More part="LabelBar" />}
          <Footer root={root} />
        </div>
        <Menu />
        {screen.help.value && <Help />}
      </div>
    </AppContext.Provider>
  );
}
