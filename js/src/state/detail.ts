/** The span in the detail pane: its contents, which tab and folds are open, and the rest of what came cut. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { cutsByPath, pathId } from "../model/json";
import type { Cut, ImageResult, JsonStep, MarkdownResult, SliceResult, SpanResult } from "../wire/contract";
import { Slot } from "../wire/slot";
import { type Env, isCancelled, messageOf } from "./env";

export const TABS = ["io", "attributes", "events", "raw"] as const;
export type Tab = (typeof TABS)[number];

export interface Detail {
  readonly tab: Signal<Tab>;
  readonly span: Signal<SpanResult | null>;
  readonly status: Signal<"none" | "loading" | "ready" | "failed">;
  readonly failure: Signal<string>;
  readonly toggled: Signal<ReadonlySet<string>>;
  readonly shown: Signal<ReadonlyMap<string, number>>;
  /** values fetched since, by path; they replace those that came cut */
  readonly fetched: Signal<ReadonlyMap<string, unknown>>;
  readonly cuts: ReadonlySignal<ReadonlyMap<string, Cut>>;
  load(traceId: string, spanId: string): Promise<void>;
  clear(): void;
  toggle(id: string): void;
  /** shows entries up to the `to`-th of an array or object, fetching those that did not come */
  showMore(path: readonly JsonStep[], value: unknown, to: number): Promise<void>;
  /** the next stretch of a cut text */
  fetchText(cut: Cut, have: string): Promise<void>;
  /** whether marked-up texts are laid out */
  readonly markdown: Signal<boolean>;
  /** pictures, and texts laid out, by kind and path */
  readonly laid: Signal<ReadonlyMap<string, MarkdownResult | ImageResult>>;
  /** asks for a text laid out, or for a picture */
  lay(kind: "markdown" | "image", path: readonly JsonStep[]): Promise<void>;
  /** how many characters a text has in full */
  lengthOf(span: SpanResult, path: readonly JsonStep[]): number;
  /** what is looked for among the attributes */
  readonly sought: Signal<string>;
  turn(by: 1 | -1): void;
}

/** Characters of one slice; the kernel sends no more at once. */
export const SLICE = 64_000;

/** Entries of an array or object that are fetched at once. */
const ENTRIES = 200;

const KEPT = 60;

export function createDetail(env: Env): Detail {
  const tab = signal<Tab>("io");
  const span = signal<SpanResult | null>(null);
  const status = signal<"none" | "loading" | "ready" | "failed">("none");
  const failure = signal("");
  const toggled = signal<ReadonlySet<string>>(new Set());
  const shown = signal<ReadonlyMap<string, number>>(new Map());
  const fetched = signal<ReadonlyMap<string, unknown>>(new Map());
  const laid = signal<ReadonlyMap<string, MarkdownResult | ImageResult>>(new Map());
  const asked = new Set<string>();
  const later = signal<readonly Cut[]>([]);
  const cuts = computed(() => cutsByPath([...(span.value?.cuts ?? []), ...later.value]));
  const slot = new Slot("replace");
  const slices = new Slot("finish");
  const cache = new Map<string, SpanResult>();
  let wanted = "";

  const show = (result: SpanResult): void => {
    batch(() => {
      const same = span.value?.trace_id === result.trace_id && span.value?.span_id === result.span_id;
      span.value = result;
      status.value = "ready";
      if (same) return;
      toggled.value = new Set();
      shown.value = new Map();
      fetched.value = new Map();
      laid.value = new Map();
      asked.clear();
      later.value = [];
    });
  };

  /** A stretch of a value of the span on the screen; null when it failed or another span is there by now. */
  const slice = async (path: readonly JsonStep[], from: number, to: number): Promise<SliceResult | null> => {
    const now = span.value;
    if (!now) return null;
    const params = { trace_id: now.trace_id, span_id: now.span_id, path, from, to };
    try {
      const reply = await slices.run((signal) => env.rpc.call("slice", params, signal));
      return span.value === now ? reply : null;
    } catch (error) {
      env.fail("The rest could not be fetched", error);
      return null;
    }
  };

  return {
    tab,
    span,
    status,
    failure,
    toggled,
    shown,
    fetched,
    cuts,
    async load(traceId, spanId) {
      const key = `${traceId}\n${spanId}`;
      const again = wanted === key && status.value !== "failed";
      // What a running span holds may have changed.
      if (again && span.value?.duration_ms !== null) return;
      wanted = key;
      const kept = cache.get(key);
      if (kept) {
        show(kept);
        return;
      }
      if (!again) status.value = "loading";
      try {
        const params = { trace_id: traceId, span_id: spanId };
        const result = await slot.run((signal) => env.rpc.call("span", params, signal));
        // A running span's contents are still to come.
        if (result.duration_ms !== null) cache.set(key, result);
        for (const old of cache.keys()) {
          if (cache.size <= KEPT) break;
          cache.delete(old);
        }
        if (wanted === key) show(result);
      } catch (error) {
        if (isCancelled(error) || wanted !== key) return;
        batch(() => {
          status.value = "failed";
          failure.value = messageOf(error);
          span.value = null;
        });
      }
    },
    clear() {
      wanted = "";
      span.value = null;
      status.value = "none";
    },
    toggle(id) {
      const next = new Set(toggled.value);
      if (!next.delete(id)) next.add(id);
      toggled.value = next;
    },
    async showMore(path, value, to) {
      const id = pathId(path);
      shown.value = new Map(shown.value).set(id, to);
      const have = fetched.value.get(id) ?? value;
      const length = Array.isArray(have) ? have.length : Object.keys(have as object).length;
      const cut = cuts.value.get(id);
      if (!cut || length >= Math.min(to, cut.length)) return;
      const reply = await slice(path, length, Math.min(cut.length, length + ENTRIES));
      if (!reply || typeof reply.value !== "object" || reply.value === null) return;
      const joined = Array.isArray(have)
        ? [...have, ...(reply.value as unknown[])]
        : { ...(have as object), ...reply.value };
      batch(() => {
        fetched.value = new Map(fetched.value).set(id, joined);
        later.value = [...later.value, ...reply.cuts.filter((each) => pathId(each.path) !== id)];
      });
    },
    async fetchText(cut, have) {
      const reply = await slice(cut.path, have.length, Math.min(cut.length, have.length + SLICE));
      if (reply && typeof reply.value === "string") {
        fetched.value = new Map(fetched.value).set(pathId(cut.path), have + reply.value);
      }
    },
    markdown: signal(false),
    laid,
    async lay(kind, path) {
      const now = span.value;
      const id = `${kind} ${pathId(path)}`;
      if (!now || asked.has(id)) return;
      asked.add(id);
      try {
        const params = { trace_id: now.trace_id, span_id: now.span_id, path };
        const reply = await env.rpc.call(kind, params);
        if (span.value === now) laid.value = new Map(laid.value).set(id, reply);
      } catch (error) {
        if (kind === "image") asked.delete(id);
        env.fail(kind === "image" ? "The picture cannot be shown" : "The text could not be laid out", error);
      }
    },
    lengthOf(of, path) {
      const cut = cuts.value.get(pathId(path));
      if (cut) return cut.length;
      const value = path.reduce<unknown>((at, step) => (at as Record<JsonStep, unknown> | null)?.[step], of);
      return typeof value === "string" ? value.length : 0;
    },
    sought: signal(""),
    turn(by) {
      const at = TABS.indexOf(tab.value);
      tab.value = TABS[(at + by + TABS.length) % TABS.length]!;
    },
  };
}
