// Facets, histogram and proposals of the stand-in kernel, whose filters are "field = 'value'" joined by AND.

const BARS_MS = 47_311;
const FIELDS = { status: "status", name: "name", "span.type": "type" };

/** The conditions of a filter, apart. */
const conditions = (filter) => filter.replace(/ *ORDER BY .*/, "").split(" AND ").filter(Boolean);

function choice(condition, field) {
  const name = field.replace("span.", "");
  const found = new RegExp(`^(NOT )?(?:\\{ )?${name} (?:= '([^']*)'|IN \\(([^)]*)\\))(?: \\})?$`).exec(condition);
  if (!found) return null;
  const values = found[2] !== undefined ? [found[2]] : found[3].split(", ").map((each) => each.slice(1, -1));
  return { want: found[1] ? "out" : "in", values };
}

function everything(kernel) {
  return Array.from({ length: Math.min(kernel.total, 2000) }, (_, row) => kernel.at(row));
}

function matching(kernel, parts) {
  return everything(kernel).filter((each) =>
    parts.every((part) => {
      const [from, to] = times(part) ?? [null, null];
      if (from !== null) return each.time_ms >= from && each.time_ms <= to;
      for (const [field, column] of Object.entries(FIELDS)) {
        const chosen = choice(part, field);
        if (chosen) return chosen.values.includes(each[column]) === (chosen.want === "in");
      }
      return true;
    }),
  );
}

function times(condition) {
  const found = /^timestamp BETWEEN (\d+) AT (\d+)$/.exec(condition);
  return found ? [Number(found[1]), Number(found[2])] : null;
}

export function facets(kernel, { filter, rows, fields }) {
  const parts = conditions(filter);
  const names = [...Object.keys(FIELDS), ...fields];
  const bad = fields.find((field) => !(field in FIELDS) && field !== "tag.env");
  if (bad) throw new Error(`no field '${bad}'`);
  const shown = (part) => times(part) || names.some((field) => choice(part, field));
  return {
    filter,
    facets: names.map((field) => {
      const own = parts.map((part) => choice(part, field)).filter(Boolean);
      const rest = matching(kernel, parts.filter((part) => !choice(part, field)));
      const counted = new Map();
      for (const each of rest) {
        const value = each[FIELDS[field]] ?? "prod";
        counted.set(value, (counted.get(value) ?? 0) + 1);
      }
      const values = [...counted].sort((a, b) => b[1] - a[1]).slice(0, 12);
      return {
        field,
        values: values.map(([value, count]) => ({
          value,
          count,
          want: own.find((each) => each.values.includes(value))?.want ?? null,
        })),
      };
    }),
    others: parts.filter((part) => !shown(part)).map((part) => ({ text: part, without: parts.filter((each) => each !== part).join(" AND ") })),
    late: false,
  };
}

export function histogram(kernel, { filter, bars }) {
  const parts = conditions(filter);
  const asked = parts.map(times).find(Boolean) ?? [null, null];
  const found = matching(kernel, parts.filter((part) => !times(part)));
  const moments = found.map((each) => each.time_ms);
  const start = Math.min(...moments);
  const width = Math.max(1, Math.ceil((Math.max(...moments) - start + 1) / bars));
  const groups = Array.from({ length: found.length > 0 ? bars : 0 }, () => []);
  for (const each of found) groups[Math.floor((each.time_ms - start) / width)].push(each);
  const rank = (group, share) => {
    const sorted = group.map((each) => each.duration_ms).filter((ms) => ms !== null).sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
  };
  return {
    filter,
    start_ms: found.length > 0 ? start : 0,
    width_ms: found.length > 0 ? width : 0,
    count: groups.map((group) => group.length),
    errors: groups.map((group) => group.filter((each) => each.status === "ERROR").length),
    p50_ms: groups.map((group) => rank(group, 0.5)),
    p95_ms: groups.map((group) => rank(group, 0.95)),
    all_p50_ms: rank(found, 0.5),
    all_p95_ms: rank(found, 0.95),
    from_ms: asked[0],
    to_ms: asked[1],
  };
}

export function choose({ filter, field, value, want }) {
  const parts = conditions(filter);
  const own = parts.find((part) => choice(part, field));
  const now = own ? choice(own, field) : { want, values: [] };
  const values = now.want === want || want === null ? now.values.filter((each) => each !== value) : [];
  if (want !== null) values.push(value);
  const name = field.replace("span.", "");
  const listed = values.map((each) => `'${each}'`);
  let text = `${name} ${listed.length === 1 ? `= ${listed[0]}` : `IN (${listed.join(", ")})`}`;
  if (field.startsWith("span.")) text = `{ ${text} }`;
  if ((want ?? now.want) === "out") text = `NOT ${text}`;
  const next = values.length > 0 ? [text] : [];
  const at = own ? parts.indexOf(own) : parts.length;
  return { filter: [...parts.slice(0, at), ...next, ...parts.slice(at + 1)].join(" AND ") };
}

export function brush({ filter, from_ms, to_ms }) {
  const parts = conditions(filter).filter((part) => !times(part));
  if (from_ms !== null) parts.push(`timestamp BETWEEN ${Math.round(from_ms)} AT ${Math.round(to_ms)}`);
  return { filter: parts.join(" AND ") };
}

const WORDS = [
  { label: "status", insert: "status", kind: "field", detail: "text", count: null },
  { label: "start_time", insert: "start_time", kind: "field", detail: "time", count: null },
  { label: "session_id", insert: "session_id", kind: "field", detail: "text", count: null },
  { label: "name", insert: "name", kind: "field", detail: "text", count: null },
  { label: "tag.", insert: "tag.", kind: "prefix", detail: "tags", count: null },
];
const VALUES = [
  { label: "OK", insert: "'OK'", kind: "value", detail: "", count: 1166 },
  { label: "ERROR", insert: "'ERROR'", kind: "value", detail: "", count: 38 },
];

/** Fields at a word, "=" behind a field, values behind "=", AND behind a value. */
export function complete({ filter, cursor }) {
  const before = filter.slice(0, cursor);
  const word = /'?\w*'?$/.exec(before)[0];
  const from = cursor - word.length;
  const left = before.slice(0, from).trimEnd();
  let items = [];
  if (left.endsWith("=")) items = VALUES;
  else if (left === "" || left.endsWith("AND")) items = WORDS;
  else if (/'$/.test(before)) items = [" AND", " OR"].map((insert) => ({ label: insert.trim(), insert, kind: "word", detail: "", count: null }));
  else if (word === "") items = [{ label: "=", insert: "= ", kind: "operator", detail: "", count: null }];
  const typed = word.replace(/^'/, "").toLowerCase();
  const at = items[0]?.insert.startsWith(" ") ? cursor : from;
  const kept = at === cursor ? items : items.filter((item) => item.label.toLowerCase().startsWith(typed));
  return { from: at, to: cursor, items: kept, refinable: items === VALUES };
}

export function refine(params) {
  const answer = complete(params);
  return { ...answer, items: answer.items.map((item) => ({ ...item, detail: "~", count: item.count / 2 })).reverse() };
}
