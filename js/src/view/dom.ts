/** Small dealings with the DOM, always from an element of ours: inside a shadow root `document` sees nothing. */

import type { Box } from "../state/menu";

/** The element with the focus in the tree that `element` is part of. */
export function focused(element: Element): Element | null {
  return (element.getRootNode() as Document | ShadowRoot).activeElement;
}

export function holdsFocus(element: Element | null): boolean {
  const active = element && focused(element);
  return !!active && element.contains(active);
}

/** The text selected inside the tree of `element`, where the browser can tell. */
export function selectionIn(element: Element): Selection | null {
  const tree = element.getRootNode() as Document | (ShadowRoot & { getSelection?: () => Selection | null });
  return tree.getSelection?.() ?? element.ownerDocument.getSelection();
}

/** Where `rect` lies in `root`, in px from its corner. */
export function boxIn(root: Element, rect: DOMRect): Box {
  const corner = root.getBoundingClientRect();
  return {
    left: rect.left - corner.left,
    top: rect.top - corner.top,
    right: rect.right - corner.left,
    bottom: rect.bottom - corner.top,
  };
}

/** Follows the pointer from a press to its release, wherever it goes. */
export function drag(event: PointerEvent, move: (event: PointerEvent) => void, done: () => void): void {
  const handle = event.currentTarget as HTMLElement;
  const over = new AbortController();
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const finish = (): void => {
    over.abort();
    done();
  };
  handle.addEventListener("pointermove", move, { signal: over.signal });
  handle.addEventListener("pointerup", finish, { signal: over.signal });
  handle.addEventListener("pointercancel", finish, { signal: over.signal });
}

/** Writes to the clipboard, by the old way too: some hosts forbid the new one in frames. */
export function clipboard(element: HTMLElement): (text: string) => Promise<void> {
  return async (text) => {
    const view = element.ownerDocument.defaultView;
    try {
      await view?.navigator.clipboard.writeText(text);
    } catch {
      const area = element.ownerDocument.createElement("textarea");
      area.value = text;
      area.style.cssText = "position:absolute;opacity:0;pointer-events:none";
      element.append(area);
      area.select();
      const copied = element.ownerDocument.execCommand("copy");
      area.remove();
      if (!copied) throw new Error("the browser did not allow it");
    }
  };
}
