/** A model whose Python is a file: what a kernel would answer is answered from what the snapshot holds. */

import type { Boot, Method, Methods, Traits, Want } from "../wire/contract";
import type { AnyModel } from "../wire/model";
import { RpcError } from "../wire/rpc";
import type { FileData } from "./data";
import { type Narrowing, Narrowings, NONE } from "./narrowing";
import { Listed } from "./rows";
import { Traces } from "./traces";

type Answers = { readonly [M in Method]?: (params: Methods[M]["params"]) => Promise<Methods[M]["result"]> };

interface Request {
  readonly v: string;
  readonly id?: number;
  readonly method: Method;
  readonly params: never;
}

const PICTURES: readonly (readonly [begin: string, kind: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

export class FileModel implements AnyModel {
  readonly narrowings: Narrowings;
  readonly #values: Traits;
  readonly #answers: Answers;
  readonly #listeners = new Map<string, Set<(...args: unknown[]) => void>>();

  constructor(data: FileData, height: number) {
    this.narrowings = new Narrowings(data);
    this.#answers = answersOf(data, this.narrowings);
    const boot: Boot = {
      wire: 1,
      page: null,
      count: null,
      error: null,
      keywords: data.keywords,
      source: data.source,
      file: true,
    };
    this.#values = {
      filter: this.narrowings.write(NONE),
      columns: data.columns,
      selection: { ids: [] },
      active: data.active,
      predicates: [],
      screen: { ...data.screen, rows: data.rows },
      height,
      labels: [],
      rater: "",
      reviewing: false,
      boot,
    };
  }

  get<K extends keyof Traits>(name: K): Traits[K] {
    return this.#values[name];
  }

  set<K extends keyof Traits>(name: K, value: Traits[K]): void {
    this.#values[name] = value;
    this.#emit(`change:${name}`);
  }

  save_changes(): void {}

  on(name: string, callback: (...args: unknown[]) => void): void {
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(callback));
  }

  off(name: string, callback: (...args: unknown[]) => void): void {
    this.#listeners.get(name)?.delete(callback);
  }

  send(content: unknown): void {
    const { v, id, method, params } = content as Request;
    if (id !== undefined) void this.#answer({ v, re: id }, method, params);
  }

  async #answer(to: { v: string; re: number }, method: Method, params: never): Promise<void> {
    try {
      const answer = this.#answers[method];
      if (!answer) throw new RpcError({ kind: "method", message: "a file cannot do that: it needs Python" });
      const bytes = new TextEncoder().encode(JSON.stringify(await answer(params)));
      this.#emit("msg:custom", { ...to, ok: true }, [bytes]);
    } catch (error) {
      const [kind, message] =
        error instanceof RpcError ? [error.kind, error.message] : ["internal", String(error)];
      this.#emit("msg:custom", { ...to, error: { kind, message } });
    }
  }

  #emit(name: string, ...args: unknown[]): void {
    for (const callback of [...(this.#listeners.get(name) ?? [])]) callback(...args);
  }
}

function answersOf(data: FileData, narrowings: Narrowings): Answers {
  const traces = new Traces(data);
  const listed = new Listed(data, traces);
  const written = (change: (now: Narrowing) => Narrowing, text: string) =>
    Promise.resolve({ filter: narrowings.write(change(narrowings.read(text))) });
  const chosen = (text: string, field: string, value: unknown, want: Want | null | undefined) => {
    const facet = data.facets.find((each) => each.field === field);
    const place = facet?.choices.findIndex((each) => each.value === value) ?? -1;
    if (facet && place >= 0 && want !== undefined)
      return written((now) => narrowings.choose(now, facet, place, want), text);
    const message =
      "a file is narrowed by its facets, its histogram and its search: for any other filter it takes Python";
    return Promise.reject(new RpcError({ kind: "method", message }));
  };
  return {
    page: (asked) => listed.page(asked.filter, narrowings.read(asked.filter), asked),
    async count({ filter }) {
      const narrowing = narrowings.read(filter);
      const found = await listed.find({ ...narrowing, order: null });
      const whole = found.length === data.list.trace_id.length;
      return whole
        ? { filter, total: data.total, of: data.of }
        : { filter, total: found.length, of: data.list.trace_id.length };
    },
    trace: async ({ trace_id }) => (await traces.get(trace_id)).trace,
    async span({ trace_id, span_id }) {
      const { spans } = await traces.get(trace_id);
      if (Object.hasOwn(spans, span_id)) return spans[span_id]!;
      throw new RpcError({
        kind: "gone",
        message: "this span's details were left out of the file, to keep it small",
      });
    },
    slice: () =>
      Promise.reject(new RpcError({ kind: "gone", message: "it was cut off to keep the file small" })),
    async image({ trace_id, span_id, path }) {
      const { spans } = await traces.get(trace_id);
      const text = path.reduce<unknown>(
        (at, step) => (at as Record<string, unknown> | null)?.[step],
        spans[span_id],
      );
      const given = String(text)
        .replace(/^data:[^,]{0,200};base64,/i, "")
        .replace(/\s/g, "");
      const kind = PICTURES.find(([begin]) => given.startsWith(begin))?.[1];
      if (kind && /^[A-Za-z0-9+/]+={0,2}$/.test(given)) return { kind, data: given };
      throw new RpcError({
        kind: "picture",
        message: "only whole PNG, JPEG, GIF and WebP pictures are shown",
      });
    },
    check: () => Promise.resolve({ diagnostics: [], gloss: "" }),
    complete: ({ cursor }) => Promise.resolve({ from: cursor, to: cursor, items: [], refinable: false }),
    facets: ({ filter }) => listed.facets(filter, narrowings.read(filter), narrowings),
    histogram: ({ filter, bars }) => listed.histogram(filter, narrowings.read(filter), bars),
    sort: ({ filter, column, direction }) =>
      written((now) => ({ ...now, order: direction && { column, direction } }), filter),
    choose: ({ filter, field, value, want }) => chosen(filter, field, value, want),
    edit({ filter, op, target }) {
      const field = (target.path[0] === "column" ? target.path.slice(1) : target.path).join(".");
      const mine = data.rows === "spans" && target.span ? `span.${field}` : target.span ? "" : field;
      return chosen(filter, mine, target.value, op === "=" ? "in" : op === "!=" ? "out" : undefined);
    },
    brush: ({ filter, from_ms, to_ms }) => written((now) => ({ ...now, from: from_ms, to: to_ms }), filter),
    async find({ trace_id, text }) {
      const wanted = text.toLowerCase();
      const texts = wanted ? await traces.texts(trace_id) : [];
      return { matches: texts.flatMap((each, row) => (each.includes(wanted) ? [row] : [])) };
    },
  };
}
