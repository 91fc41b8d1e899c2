/** How numbers, times and values are written. Every function is total: missing is "–". */

export const MISSING = "–";

/** Milliseconds as people read them: 0.4ms, 40ms, 1.23s, 2m05s, 1h02m. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return MISSING;
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms === 0) return "0";
  if (ms < 0.9995) return `${trim((ms * 1000).toPrecision(ms * 1000 < 10 ? 2 : 3))}µs`;
  if (ms < 9.95) return `${ms.toFixed(1)}ms`;
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)}s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
  return `${Math.floor(minutes / 1440)}d${pad(Math.floor((minutes % 1440) / 60))}h`;
}

/** A count in little room: 210, 4.1k, 12k, 1.2M. */
export function compact(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const size = Math.abs(value);
  if (size < 1000) return Number.isInteger(value) ? String(value) : trim(value.toPrecision(3));
  for (const [unit, scale] of UNITS) {
    if (size < scale * 999.5 || unit === "T") {
      const scaled = value / scale;
      return `${Math.abs(scaled) < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`;
    }
  }
  return String(value);
}

const UNITS: readonly (readonly [string, number])[] = [
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
];

/** A count in full, with separators: 1,204. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** US dollars; small amounts keep two significant digits. */
export function cost(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  if (value === 0) return "$0";
  return Math.abs(value) >= 0.995 ? `$${value.toFixed(2)}` : `$${trim(value.toPrecision(2), 2)}`;
}

/** Size of a text by its characters: 900 chars, 12 kB, 1.2 MB. */
export function size(chars: number): string {
  if (chars < 1000) return plural(chars, "char");
  if (chars < 1e6) return `${(chars / 1e3).toFixed(chars < 1e4 ? 1 : 0)} kB`;
  return `${(chars / 1e6).toFixed(chars < 1e7 ? 1 : 0)} MB`;
}

/** A moment in the browser's zone, as short as can be understood: 14:02:07 today, 08-22 09:38 within the last months, 2024-11-02 before. */
export function moment(ms: number | null | undefined, now: number): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return MISSING;
  const date = new Date(ms);
  const today = new Date(now);
  if (Number.isNaN(date.getTime())) return MISSING;
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  const day = `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  if (Math.abs(now - ms) > RECENT_MS) return `${date.getFullYear()}-${day}`;
  return date.toDateString() === today.toDateString()
    ? `${clock}:${pad(date.getSeconds())}`
    : `${day} ${clock}`;
}

/** Within this a month and a day name one day. */
const RECENT_MS = 300 * 86_400_000;

/** The whole moment, for tooltips. */
export function exact(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return MISSING;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? MISSING : date.toISOString().replace("T", " ").replace("Z", " UTC");
}

/** Any value on one line of at most `limit` characters. */
export function preview(value: unknown, limit = 120): string {
  if (value === null || value === undefined) return MISSING;
  if (typeof value === "string") return oneLine(value, limit);
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : oneLine(shallow(value, limit), limit);
  return oneLine(shallow(value as object, limit), limit);
}

/** A number without the noise of binary fractions. */
export function number(value: number, digits = 12): string {
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
}

/**
 * A text with what would act instead of being seen made visible: control characters, terminals' colours among them,
 * and signs that turn the direction of writing.
 */
export function visible(text: string): string {
  if (!UNSEEN.test(text)) return text;
  return text.replace(EACH_UNSEEN, (sign) => {
    const code = sign.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "␡" : `‹${code.toString(16).toUpperCase().padStart(4, "0")}›`;
  });
}

const UNSEEN_SIGNS =
  "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]";
const UNSEEN = new RegExp(UNSEEN_SIGNS);
const EACH_UNSEEN = new RegExp(UNSEEN_SIGNS, "g");

function oneLine(text: string, limit: number): string {
  const head = visible(text.length > limit * 2 ? text.slice(0, limit * 2) : text);
  const line = head.replace(/\s+/g, " ").trim();
  return line.length > limit || head.length < text.length ? `${line.slice(0, limit - 1)}…` : line;
}

/** The first entries of an object or array, one level deep: deeper ones as {…} and [3]. */
function shallow(value: object, limit: number): string {
  const array = Array.isArray(value);
  const parts: string[] = [];
  let room = limit;
  for (const key of Object.keys(value)) {
    const entry = (value as Record<string, unknown>)[key];
    const text = brief(entry);
    parts.push(array ? text : `${key}: ${text}`);
    room -= text.length + key.length + 2;
    if (room < 0) {
      parts.push("…");
      break;
    }
  }
  return array ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}

function brief(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.length}]`;
  if (value !== null && typeof value === "object") return "{…}";
  return typeof value === "number" ? number(value) : String(value);
}

function pad(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Without trailing zeros after the point, but keeping `least` decimals. */
function trim(text: string, least = 0): string {
  if (!text.includes(".") || text.includes("e")) return text;
  const dot = text.indexOf(".");
  let end = text.length;
  while (end > dot + 1 + least && text[end - 1] === "0") end -= 1;
  return text.slice(0, end === dot + 1 ? dot : end);
}
