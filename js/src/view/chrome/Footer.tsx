/** The last line: what is selected and where it goes, remarks, the kernel's health, size. */

import type { RefObject } from "preact";
import { count } from "../../model/format";
import { act } from "../../state/actions";
import { useApp } from "../context";
import { drag } from "../dom";
import { toggleFull } from "../keyboard";
import { Icon } from "./Icon";

export function Footer({ root }: { root: RefObject<HTMLDivElement | null> }) {
  const app = useApp();
  const { screen, picks, boot } = app;
  const label = picks.label.value;
  const resize = (event: PointerEvent): void => {
    const from = event.clientY;
    const height = root.current?.offsetHeight ?? screen.height.value;
    drag(
      event,
      (move) => screen.setHeight(height + move.clientY - from, false),
      () => screen.setHeight(screen.height.value, true),
    );
  };
  return (
    <div class="sg-footer">
      {label && (
        <span class="sg-selected">
          <b>{label}</b>{" "}
          {!boot?.file && (
            <>
              <span class="sg-muted">→</span> <code>ex.selected</code>
            </>
          )}
          <button type="button" class="sg-fix" title="Beside each other (C)" onClick={app.compare}>
            compare
          </button>
          <button
            type="button"
            class="sg-tool"
            title="Select nothing"
            aria-label="Select nothing"
            onClick={picks.none}
          >
            <Icon name="close" />
          </button>
        </span>
      )}
      <State />
      <span class="sg-space" />
      {boot?.source && <span class="sg-muted sg-source">{boot.source}</span>}
      <button
        type="button"
        class="sg-tool sg-keys"
        title="All keys (?)"
        onClick={() => act(app, "list", "help")}
      >
        <kbd>?</kbd> keys
      </button>
      {screen.canFill.value && (
        <button
          type="button"
          class="sg-tool"
          title={screen.full.value ? "Leave full screen (F)" : "Full screen (F)"}
          aria-label={screen.full.value ? "Leave full screen" : "Full screen"}
          onClick={() => root.current && toggleFull(root.current)}
        >
          <Icon name={screen.full.value ? "small" : "full"} />
        </button>
      )}
      {!screen.full.value && <i class="sg-resize" title="Drag to change the height" onPointerDown={resize} />}
    </div>
  );
}

/** The most pressing thing to say: a lost kernel, a remark, what the filter means, how long it took. */
function State() {
  const { env, kernel, results, filter, boot } = useApp();
  const shown = results.total.value;
  const saved =
    shown > 0
      ? `, showing ${count(Math.min(shown, results.answer.value?.pages.known().rows ?? 0))} saved rows`
      : "";
  if (boot === null || kernel.value === "gone")
    return <span class="sg-bad-text">kernel not connected{saved}</span>;
  if (kernel.value === "waiting") {
    return <span class="sg-bad-text">no answer yet: the kernel is busy or not connected{saved}</span>;
  }
  const remark = env.remark.value;
  if (remark) {
    return (
      <span
        role="status"
        class={`sg-remark ${remark.tone === "bad" ? "sg-bad-text" : ""}`}
        title={remark.text}
      >
        {remark.text}
      </span>
    );
  }
  const ms = results.answer.value?.ms;
  if (filter.gloss.value) return <span class="sg-muted sg-remark">{filter.gloss.value}</span>;
  return ms === undefined ? null : (
    <span class="sg-muted">{ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms</span>
  );
}
