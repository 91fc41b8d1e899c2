/**
 * What recording sends while it goes on: rows that changed, and traces as they grow. New rows go to the top of a
 * list that shows its top; else they are counted until it does. A list in an order of its own is asked for again.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { count } from "../model/format";
import { keyText } from "../model/selection";
import type { Push, Question } from "../wire/contract";
import { keyAt, type Place } from "../wire/pages";
import type { Env } from "./env";
import type { Filter } from "./filter";
import type { Kernel } from "./kernel";
import type { List } from "./list";
import type { Menus } from "./menu";
import type { Results } from "./results";
import type { Trace } from "./trace";

export interface Live {
  /** how many rows wait to be shown; nothing for none */
  readonly arrived: ReadonlySignal<string>;
  /** whether the list shows its first row */
  readonly top: Signal<boolean>;
}

export interface LiveNeeds {
  readonly filter: Filter;
  readonly results: Results;
  readonly list: List;
  readonly trace: Trace;
  readonly menus: Menus;
  readonly kernel: ReadonlySignal<Kernel>;
}

/** A running span grows on the screen so often, in ms. */
const TICK_MS = 1000;

/** A list that has to be asked for again is so at most this often. */
const AGAIN_MS = 1000;

/** Rows that wait; of more, all are asked for again. */
const MOST = 1000;

/** Messages kept that came while a question was under way. */
const KEPT = 50;

export function createLive(env: Env, needs: LiveNeeds): Live {
  const { filter, results, list, trace, menus } = needs;
  const top = signal(true);
  const held = signal<ReadonlyMap<string, Place>>(new Map());
  /** more came than is held */
  const lacking = signal(false);
  let askedAt = -AGAIN_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let meanwhile: [Question, Push][] = [];

  const take = (asked: Question, { rows, since_ms, more }: Push): void => {
    const answer = results.answer.peek();
    const said = (each: Question | null): string =>
      JSON.stringify([each?.filter, each?.rows, each?.columns, each?.predicates]);
    if (!answer || said(answer) !== said(asked)) return;
    const next = new Map(held.peek());
    for (const index of answer.pages.renew(rows)) {
      const place = { rows, index };
      const key = keyText(keyAt(place));
      const isNew = list.order.peek().written
        ? rows.time_ms[index]! >= since_ms
        : answer.pages.placeFor(place) >= 0;
      if (isNew || next.has(key)) next.set(key, place);
    }
    batch(() => {
      lacking.value ||= more || next.size > MOST;
      for (const key of next.keys()) {
        if (next.size <= MOST) break;
        next.delete(key);
      }
      held.value = next;
      results.version.value += 1;
      results.pushed.value += 1;
    });
  };

  env.rpc.pushed = (asked, push) => {
    if (filter.running.peek()) meanwhile = [...meanwhile, [asked, push] as [Question, Push]].slice(-KEPT);
    take(asked, push);
    for (const each of push.traces) trace.renew(each, push.now_ms);
  };
  const clock = setInterval(() => needs.kernel.peek() !== "gone" && trace.tick(), TICK_MS);

  /** Asks for all rows anew, though not at every message. */
  const again = (): void => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        askedAt = performance.now();
        if (top.peek() && !filter.running.peek()) filter.again();
      },
      askedAt + AGAIN_MS - performance.now(),
    );
  };

  let answered = results.answer.peek();
  const follow = [
    effect(() => {
      if (results.answer.value === answered) return;
      answered = results.answer.value;
      held.value = new Map();
      lacking.value = false;
      // What came while this was asked may be newer than the answer.
      for (const each of meanwhile.splice(0)) take(...each);
    }),
    effect(() => {
      const waiting = held.value;
      // Nothing moves under a menu.
      if ((waiting.size === 0 && !lacking.value) || !top.value || menus.menu.value || list.heading.value)
        return;
      if (!list.order.peek().written && !lacking.value) batch(() => show(waiting));
      else again();
    }),
  ];
  env.end.addEventListener(
    "abort",
    () => {
      clearInterval(clock);
      clearTimeout(timer);
      for (const stop of follow) stop();
    },
    { once: true },
  );

  const show = (waiting: ReadonlyMap<string, Place>): void => {
    const { pages } = results.answer.peek()!;
    let { row, cell } = list.cursor.peek();
    // The cursor stays with its row, unless it is where it began.
    const stays =
      row > 0 || (row === 0 && list.keyAt(0) !== null && trace.id.peek() === keyText(list.keyAt(0)!));
    for (const place of waiting.values()) {
      const at = pages.add(place);
      if (stays && at >= 0 && at <= row) row += 1;
    }
    held.value = new Map();
    list.cursor.value = { row, cell };
    results.version.value += 1;
    const counted = results.count.peek();
    if (counted) {
      const { total, of } = counted;
      results.count.value = { ...counted, total: total + waiting.size, of: of + waiting.size };
    }
  };

  const arrived = computed(() => {
    const { size } = held.value;
    return size === 0 ? "" : count(size) + (lacking.value ? "+" : "");
  });
  return { arrived, top };
}
