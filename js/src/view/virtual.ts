/** Virtual rows for a pane: which to draw, and how far they are moved. Shared by list and waterfall. */

import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import {
  type Extent,
  offsetShowing,
  type Position,
  rowsAt,
  scrolled,
  scrollerHeight,
  topFor,
} from "../model/scroll";
import { focused, holdsFocus } from "./dom";

export interface Virtual {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** height of the scrolled element, header included, in px */
  readonly height: number;
  /** size of the pane in px */
  readonly pane: { readonly width: number; readonly height: number };
  readonly first: number;
  readonly end: number;
  /** what row `row` is drawn with: its element becomes that of another row when this one leaves the screen */
  key(row: number): number;
  /** where row `row` is drawn, in px below the header */
  y(row: number): number;
  show(row: number): void;
}

export function useVirtual(rows: number, rowHeight: number, header: number): Virtual {
  const scroller = useRef<HTMLDivElement>(null);
  const position = useSignal<Position>({ top: 0, offset: 0 });
  const pane = useSize(scroller);
  const viewport = Math.max(0, pane.value.height - header);
  const extent: Extent = { rows, rowHeight, viewport };
  const live = useRef(extent);
  live.current = extent;
  const most = Math.max(0, rows * rowHeight - viewport);
  const offset = Math.min(position.value.offset, most);
  const [first, end] = rowsAt(offset, extent);
  const places = Math.ceil(viewport / rowHeight) + 1;
  const slots = useRef({ first, turn: 0 });
  const jump = slots.current.first - first;
  // After a jump no row is left of those that were drawn: the new ones take their elements in the same order.
  const turn = slots.current.turn + (Math.abs(jump) < places ? 0 : places + (jump % places));
  slots.current = { first, turn: turn % places };

  return {
    scroller,
    onScroll() {
      const top = scroller.current?.scrollTop ?? 0;
      position.value = scrolled(position.peek(), top, live.current);
    },
    height: scrollerHeight(extent) + header,
    pane: pane.value,
    first,
    end,
    key: (row) => (row < first || row >= end ? -1 : (row + slots.current.turn) % places),
    y: (row) => row * rowHeight - offset,
    show(row) {
      const element = scroller.current;
      if (!element || row < 0 || live.current.viewport === 0) return;
      const wanted = offsetShowing(row, Math.min(position.peek().offset, most), live.current);
      if (wanted === position.peek().offset) return;
      position.value = topFor(wanted, live.current);
      element.scrollTop = position.value.top;
    },
  };
}

interface CursorNeeds {
  /** the row that the cursor is in, and the `data-row` of its element */
  readonly row: number;
  readonly name: number | undefined;
  /** changes when the cursor should be brought into sight */
  readonly reveal: unknown;
  /** changes when the pane is given the focus; 0 while another one has it */
  readonly call: number;
  /** the element that stands for the cursor; `moved` there, not kept while its row was scrolled away */
  readonly find: (scroller: HTMLElement, moved: boolean) => HTMLElement | null;
}

/**
 * Brings the cursor into sight and keeps the focus on it. Rows come and go and are moved, and each of that
 * takes the focus away from an element: whoever had it before a drawing has it after.
 */
export function useCursor(view: Virtual, { row, name, reveal, call, find }: CursorNeeds): void {
  const focusedBefore = holdsFocus(view.scroller.current);
  const measured = view.pane.height > 0;
  const seen = useRef({ reveal: {} as unknown, call: 0, measured: false });
  useLayoutEffect(() => {
    const element = view.scroller.current;
    if (!element) return;
    const { current: before } = seen;
    const moved = before.reveal !== reveal || before.measured !== measured;
    const called = call > 0 && before.call !== call;
    seen.current = { reveal, call, measured };
    if (moved && row >= 0) view.show(row);
    if (!focusedBefore && !called) return;
    // The element with the focus may be gone, or be another row's by now: rows were scrolled, or came before it.
    const held = focused(element)?.closest<HTMLElement>("[data-row]");
    const lost = !holdsFocus(element) || (held && held.dataset.row !== `${name}`);
    if (lost || called || moved) find(element, called || moved)?.focus({ preventScroll: true });
  });
}

export function useSize(ref: RefObject<HTMLElement | null>): Signal<{ width: number; height: number }> {
  const size = useSignal({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [ref, size]);
  return size;
}
