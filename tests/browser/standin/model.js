// A model as anywidget hands it to a widget, whose kernel is in the page and answers the wire's contract.
import { Kernel } from "./kernel.js";

export class StandIn {
  /** every request, cancellation and saved trait, in order */
  log = [];
  /** ms that an answer takes, by method; "*" for all others */
  delays = {};
  #values;
  #changed = new Set();
  #listeners = new Map();
  #cancelled = new Set();

  constructor(traces, options) {
    this.options = options;
    this.kernel = new Kernel(traces, options.rows, options.more);
    const page = { filter: options.filter, rows: "traces", columns: [], at: 0, limit: 200 };
    this.#values = {
      filter: options.filter,
      columns: [],
      predicates: [],
      selection: { ids: [] },
      active: [null, null],
      screen: {},
      height: options.height,
      boot: {
        wire: options.wire,
        page: options.boot && !options.error ? this.kernel.page(page) : null,
        count: options.boot && !options.error ? this.kernel.count(page) : null,
        error: options.error,
        keywords: ["AND", "OR", "NOT", "IN", "LIKE", "IS", "NULL", "BETWEEN", "ORDER", "BY", "ASC", "DESC", "LIMIT", "CONTAINS", "TRUE", "FALSE", "ANY", "ALL", "NONE", "MATCH"],
        source: "traces.db",
      },
    };
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    if (JSON.stringify(this.#values[name]) === JSON.stringify(value)) return;
    this.#values[name] = value;
    this.#changed.add(name);
    this.#emit(`change:${name}`);
  }

  save_changes() {
    for (const name of this.#changed) this.log.push({ save: name, value: this.#values[name] });
    this.#changed.clear();
  }

  /** As if Python set a trait. */
  push(name, value) {
    this.#values[name] = value;
    this.#emit(`change:${name}`);
  }

  on(name, callback) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(callback);
  }

  off(name, callback) {
    this.#listeners.get(name)?.delete(callback);
  }

  /** How many callbacks are left, to see that a view that ended took its own along. */
  get listeners() {
    return [...this.#listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }

  send(content) {
    this.log.push(structuredClone(content));
    if (this.options.silent) return;
    const place = `${content.v} ${content.cancel ?? content.id}`;
    if (content.cancel !== undefined) {
      this.#cancelled.add(place);
      return;
    }
    const wait = this.delays[content.method] ?? this.delays["*"] ?? 3;
    setTimeout(() => this.#answer(content, this.#cancelled.has(place)), wait);
  }

  #answer({ v, id, method, params }, cancelled) {
    if (cancelled) {
      this.reply({ v, re: id, error: { kind: "cancelled", message: "cancelled" } });
      return;
    }
    try {
      const result = this.kernel[method](params);
      if (params.commit) this.push("filter", params.filter);
      this.reply({ v, re: id, ok: true }, result);
    } catch (error) {
      this.reply({ v, re: id, error: { kind: error.kind ?? "internal", message: error.message, diagnostics: error.diagnostics } });
    }
  }

  reply(content, result) {
    const buffers = result === undefined ? [] : [new DataView(new TextEncoder().encode(JSON.stringify(result)).buffer)];
    this.#emit("msg:custom", content, buffers);
  }

  #emit(name, ...args) {
    for (const callback of [...(this.#listeners.get(name) ?? [])]) callback(...args);
  }
}
