// Answers the methods of the wire's contract from real traces, repeated into as many rows as are wanted.
// Its filter language is a few sentences, enough to see what the front end does with answers and errors.
import { BEGAN, cut, deep, detail, hostile, refund, running, talk, texts, wide } from "./made.js";
import * as overview from "./overview.js";


class Refused extends Error {
  constructor(kind, message, diagnostics) {
    super(message);
    this.kind = kind;
    this.diagnostics = diagnostics;
  }
}

export class Kernel {
  constructor(traces, total, script) {
    this.script = script;
    this.total = total;
    this.base = [refund, ...traces, hostile, cut, running, wide, deep, talk];
    this.traces = new Map(this.base.map((each) => [each.trace.trace_id, each]));
  }

  /** The front end's second script. */
  more() {
    return { script: this.script };
  }

  /** Row `row` of all, unfiltered: cheap for any row of a million. */
  at(row) {
    // The made ones stand first, then the real ones over and over.
    const source = row < this.base.length ? this.base[row] : this.base[1 + ((row * 7) % 10)];
    const { trace } = source;
    const stretch = row < this.base.length ? 1 : 0.2 + ((row * 7919) % 997) / 160;
    const bad = row < this.base.length ? trace.status === "ERROR" : row % 31 === 5;
    return {
      trace_id: row < this.base.length ? trace.trace_id : `${trace.trace_id}~${row}`,
      time_ms: BEGAN - row * 47_311,
      name: trace.name,
      type: trace.types[trace.spans.type[0]],
      status: bad ? "ERROR" : "OK",
      duration_ms: trace.spans.duration[0] === null ? null : Math.round(trace.duration_ms * stretch),
      tokens: trace.tokens === null ? null : Math.round(trace.tokens * stretch),
      errors: bad ? 1 + (row % 3) : 0,
    };
  }

  /** The rows that a filter finds, as numbers of rows; null for all of them. */
  rows(filter) {
    const bad = filter.indexOf("latncy");
    if (bad >= 0) {
      const fix = { label: "latency", text: filter.replace("latncy", "latency") };
      throw new Refused("filter", "no field 'latncy'", [
        { severity: "error", code: "unknown-field", message: "no field 'latncy': did you mean latency?", start: bad, end: bad + 6, fixes: [fix] },
      ]);
    }
    if ((filter.split("'").length - 1) % 2 === 1) {
      const from = filter.lastIndexOf("'");
      throw new Refused("filter", "the text is not closed", [
        { severity: "error", code: "unclosed", message: "the text is not closed", start: from, end: filter.length, fixes: [{ label: "close it", text: `${filter}'` }] },
      ]);
    }
    if (filter.includes("nothing")) return [];
    const found = [];
    const errors = /status *= *'ERROR'/.test(filter);
    const name = /name *= *'([^']*)'/.exec(filter)?.[1];
    const order = /ORDER BY (\w+)( DESC)?/.exec(filter);
    if (!errors && name === undefined && !order) return null;
    for (let row = 0; row < Math.min(this.total, 20_000); row++) {
      const each = this.at(row);
      if (errors && each.status !== "ERROR") continue;
      if (name !== undefined && each.name !== name) continue;
      found.push(row);
    }
    if (order) {
      const key = { duration: "duration_ms", tokens: "tokens", name: "name", time: "time_ms", status: "status" }[order[1]] ?? "name";
      const sign = order[2] ? -1 : 1;
      const values = new Map(found.map((row) => [row, this.at(row)[key]]));
      found.sort((a, b) => {
        const [left, right] = [values.get(a), values.get(b)];
        return sign * (left < right ? -1 : left > right ? 1 : 0);
      });
    }
    return found;
  }

  page({ filter, rows: mode, columns, at, after, limit = 200 }) {
    const found = this.rows(filter);
    const total = found ? found.length : this.total;
    const from = after === undefined ? (at ?? 0) : Number(after);
    const list = [];
    for (let row = from; row < Math.min(total, from + limit); row++) list.push(this.at(found ? found[row] : row));
    const end = from + list.length;
    const column = (name) => list.map((each) => each[name]);
    const value = (each, spec) => {
      const path = spec.path ?? spec;
      if (path === "search.outputs.score") return each.errors > 0 ? null : each.duration_ms / 7;
      return /^\w\.\w$/.test(path) ? null : each.name.slice(0, 30);
    };
    return {
      filter,
      at: after === undefined ? from : -1,
      rows: {
        trace_id: column("trace_id"),
        span_id: mode === "spans" ? list.map((each) => this.trace({ trace_id: each.trace_id, filter }).spans.id[0]) : [],
        time_ms: column("time_ms"),
        name: column("name"),
        type: column("type"),
        status: column("status"),
        duration_ms: column("duration_ms"),
        tokens: column("tokens"),
        errors: column("errors"),
        cells: columns.map((spec) => list.map((each) => value(each, spec))),
      },
      next: end < total ? String(end) : null,
      ms: 1.8,
      diagnostics: total > 0 ? [] : [{ severity: "info", code: "empty", message: "status='ERROR' 39 · text 'nothing' 0", start: 0, end: 0, fixes: [] }],
    };
  }

  count({ filter }) {
    return { filter, total: this.rows(filter)?.length ?? this.total, of: this.total };
  }

  source(id) {
    const found = this.traces.get(id.split("~")[0]);
    if (!found) throw new Refused("gone", "this trace is not in the store any more");
    return found;
  }

  trace({ trace_id, filter }) {
    const { trace } = this.source(trace_id);
    const tool = trace.types.indexOf("TOOL");
    const rows = trace.spans.type.flatMap((type, row) => (type === tool ? [row] : []));
    return { ...trace, trace_id, matches: filter.includes("TOOL") ? rows : [] };
  }

  span({ trace_id, span_id }) {
    const found = this.source(trace_id);
    const span = found.spans.find((each) => each.span_id === span_id);
    if (span) return { ...span, trace_id };
    const { spans, names, types } = found.trace;
    const row = spans.id.indexOf(span_id);
    const made = { name: names[spans.name[row]], type: types[spans.type[row]], start: spans.start[row], duration: spans.duration[row], inputs: { row } };
    return { ...detail(trace_id, row, made), span_id };
  }

  slice({ span_id, path, from, to }) {
    let value = texts[span_id];
    for (const step of path) value = value[step];
    return { value: value.slice(from, Math.min(to, from + (typeof value === "string" ? 64_000 : 200))), length: value.length, cuts: [] };
  }

  /** What Python would make of the one marked-up text. */
  markdown({ span_id, path }) {
    const element = (tag, ...nodes) => [tag, null, nodes];
    const shop = ["a", "https://example.com", ["shop"]];
    const list = element("ul", element("li", element("strong", "red")), element("li", shop), element("li", ["a", "javascript:window.harmed=1", ["bad"]]));
    const table = element("table", element("tbody", element("tr", element("td", "1"), element("td", "2"))));
    return { nodes: [element("h1", "A bicycle"), list, table, element("pre", "ride(1)\n"), element("script", "window.harmed=1")], left: 0 };
  }

  image({ trace_id, span_id, path }) {
    let value = this.span({ trace_id, span_id });
    for (const step of path) value = value[step];
    return { kind: "image/png", data: value.split(",")[1] };
  }

  check({ filter }) {
    return { diagnostics: [], gloss: filter ? `traces where ${filter}` : "" };
  }

  facets(params) {
    return overview.facets(this, params);
  }

  histogram(params) {
    return overview.histogram(this, params);
  }

  choose(params) {
    return overview.choose(params);
  }

  brush(params) {
    return overview.brush(params);
  }

  complete(params) {
    return overview.complete(params);
  }

  refine(params) {
    return overview.refine(params);
  }

  edit({ filter, op, target }) {
    const value = typeof target.value === "string" ? `'${target.value}'` : String(target.value);
    const field = target.path.join(".");
    const term = `${field} ${op.toUpperCase()} ${value}`;
    return { filter: filter ? `${filter} AND ${term}` : term };
  }

  sort({ filter, column, direction }) {
    const bare = filter.replace(/ *ORDER BY .*/, "");
    return { filter: direction === null ? bare : `${bare}${bare ? " " : ""}ORDER BY ${column}${direction === "desc" ? " DESC" : ""}` };
  }

  column({ target }) {
    if (target.path[0] === "column") return { options: [{ label: target.path[1], column: target.path[1] }], preselect: 0 };
    const path = `${target.span ? `${target.span.name}.` : ""}${target.path.join(".")}`;
    if (target.span?.name !== "embed") return { options: [{ label: path, column: path }], preselect: 0 };
    const picks = ["first", "last", "all", "max"];
    return { options: picks.map((pick) => ({ label: `${pick} of embed`, column: { path, pick } })), preselect: 1 };
  }

  find({ trace_id, text }) {
    const { trace } = this.source(trace_id);
    return { matches: trace.spans.name.flatMap((name, row) => (trace.names[name].includes(text) ? [row] : [])) };
  }
}
