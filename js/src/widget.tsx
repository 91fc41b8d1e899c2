/** The entry that anywidget loads: one explorer for each view of the model. */

import "./style/index.css";
import { render } from "preact";
import { shared } from "./shared";
import { createApp, WIRE } from "./state/app";
import { clipboard } from "./view/dom";
import { Explorer } from "./view/Explorer";
import type { AnyModel } from "./wire/model";

interface Host {
  readonly model: AnyModel;
  readonly el: HTMLElement;
  /** anywidget 0.11 ends a view by this, older ones by calling what `render` returned */
  readonly signal?: AbortSignal;
}

export default {
  render({ model, el, signal }: Host): () => void {
    const end = new AbortController();
    const stop = (): void => end.abort();
    signal?.addEventListener("abort", stop, { once: true, signal: end.signal });
    el.classList.add("sg-host");
    const boot = model.get("boot");
    if (boot && boot.wire !== WIRE) {
      render(<OtherWire found={boot.wire} />, el);
    } else {
      render(<Explorer app={createApp(model, end.signal, clipboard(el), shared)} />, el);
    }
    end.signal.addEventListener("abort", () => render(null, el), { once: true });
    return stop;
  },
};

function OtherWire({ found }: { found: number }) {
  return (
    <div class="sg sg-refused" role="alert">
      This page holds the explorer of another version of Spanglass (wire {String(found)}, here {WIRE}). Reload
      the page and run the cell again.
    </div>
  );
}
