/** Dragging over ruler or minimap: the stretch of time that is marked, and shown when the drag ends. */

import { useSignal } from "@preact/signals";
import { type Bar, place, type Window } from "../../model/layout";
import { useApp } from "../context";
import { drag } from "../dom";

/** Px below which a drag was a click. */
const SLACK = 4;

/** `over` is the time that the element's width stands for. */
export function useStretch(over: Window): { marked: Bar | null; press: (event: PointerEvent) => void } {
  const { zoom } = useApp().trace;
  const marked = useSignal<Window | null>(null);
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const timeAt = (x: number): number => {
      const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
      return over.from + share * (over.to - over.from);
    };
    const began = timeAt(event.clientX);
    drag(
      event,
      (move) => {
        const now = timeAt(move.clientX);
        const far = Math.abs(move.clientX - event.clientX) >= SLACK;
        marked.value = far ? { from: Math.min(began, now), to: Math.max(began, now) } : null;
      },
      () => {
        if (marked.value) zoom.to(marked.value);
        marked.value = null;
      },
    );
  };
  const now = marked.value;
  return { marked: now && place(now.from, now.to, over), press };
}
