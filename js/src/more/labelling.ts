/** What label mode does: what is meant, what has been said of it, and giving, noting and taking back. */

import { computed, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { count, plural, preview } from "../model/format";
import type { Action } from "../model/keys";
import { isEmpty, rowKey } from "../model/selection";
import type { App } from "../state/app";
import type { Place } from "../state/screen";
import type { LabelSpec, LabelsResult, LabelTarget, Progress, RatersResult, Scalar } from "../wire/contract";

export interface Meant {
  readonly target: LabelTarget;
  /** what it is called: "trace", "span" or "12 selected", and its name */
  readonly kind: string;
  readonly name: string;
}

export interface Labelling {
  /** the pane that the focus was in last */
  readonly place: Signal<Place>;
  readonly meant: ReadonlySignal<Meant | null>;
  /** the label that the digits give */
  readonly at: Signal<number>;
  readonly said: Signal<LabelsResult | null>;
  readonly progress: Signal<Progress | null>;
  /** the label that a note is being written for */
  readonly noting: Signal<string | null>;
  /** a note that waits for its label */
  readonly draft: Signal<string | null>;
  readonly raters: Signal<RatersResult | null>;
  /** asks what has been said of what is meant */
  look(): Promise<void>;
  give(name: string, value: Scalar): void;
  note(text: string): void;
  undo(): void;
  toggleRaters(): void;
  askRaters(): Promise<void>;
  act(action: Action, key: string): boolean;
}

function keyOf(meant: Meant | null): string {
  return JSON.stringify(meant?.target ?? null);
}

export function createLabelling(app: App): Labelling {
  const { env, labels, list, picks, trace, results } = app;
  const place = signal<Place>(app.screen.place.peek());
  const whole = signal(labels.reviewing);
  const at = signal(0);
  const said = signal<LabelsResult | null>(null);
  const progress = signal<Progress | null>(null);
  const noting = signal<string | null>(null);
  const draft = signal<string | null>(null);
  const raters = signal<RatersResult | null>(null);
  /** the label given last, and what to */
  let last = { name: "", of: "" };
  let asked = 0;
  // One after the other: the second of two keys must not be stored first.
  let line: Promise<unknown> = Promise.resolve();

  const spec = (): LabelSpec | undefined => labels.schema.value[at.value];
  const open = computed((): Meant | null => {
    const now = trace.open.value;
    if (!now) return null;
    const { spans, trace_id, name, names } = now.result;
    const row = trace.row.value;
    if (row <= 0 || whole.value) return { target: { trace_id, span_id: null }, kind: "trace", name };
    const span_id = spans.id[row] ?? null;
    return { target: { trace_id, span_id }, kind: "span", name: names[spans.name[row]!] ?? "" };
  });
  const meant = computed((): Meant | null => {
    if (place.value !== "list") return open.value;
    const selection = picks.selection.value;
    if (!isEmpty(selection)) return { target: { selection }, kind: picks.label.value, name: "" };
    const row = results.row(list.cursor.value.row);
    if (!row) return open.value;
    const name = row.rows.name[row.index] ?? "";
    const key = rowKey(row.rows.trace_id[row.index]!, row.rows.span_id[row.index]);
    if (typeof key === "string") return { target: { trace_id: key, span_id: null }, kind: "trace", name };
    return { target: { trace_id: key[0], span_id: key[1] }, kind: "span", name };
  });

  const take = (result: LabelsResult): void => {
    said.value = result;
    progress.value = result.progress;
  };

  /** The first label after the current one that what is meant still lacks; null when it has all. */
  const lacking = (result: LabelsResult): number | null => {
    const names = labels.schema.value.length;
    for (let step = 0; step < names; step++) {
      const next = (at.value + step) % names;
      const values = result.given[next]?.values ?? [];
      if (values.reduce((sum, each) => sum + each.count, 0) < result.of) return next;
    }
    return null;
  };

  const inLine = (what: string, work: () => Promise<void>): void => {
    line = line.then(work).catch((error) => env.say(`${what}: ${(error as Error).message}`, "bad"));
  };

  /** Opens a trace of the review, and has the list's cursor follow. */
  const goOn = (traceId: string): void => {
    for (const { rows, index, row } of shown()) {
      if (rows.trace_id[index] === traceId) list.go(row);
    }
    app.openTrace(traceId);
  };
  const shown = function* () {
    for (let row = 0; row < results.total.peek(); row++) {
      const found = results.row(row);
      if (!found) return;
      yield { ...found, row };
    }
  };

  const give = (name: string, value: Scalar, note = draft.value): void => {
    const now = meant.value;
    if (!now) {
      env.say("Nothing is open to be labelled", "bad");
      return;
    }
    last = { name, of: keyOf(now) };
    draft.value = null;
    inLine("The label was not stored", async () => {
      const params = { target: now.target, name, value, note };
      const reply = await env.rpc.call("label", params);
      const same = keyOf(meant.value) === keyOf(now);
      if (same) take(reply.labels);
      else progress.value = reply.labels.progress;
      const many = reply.labels.of > 1 ? ` · ${count(reply.changed)} changed` : "";
      env.say(
        reply.changed > 0
          ? `${name} = ${preview(value, 40)}${many}`
          : `${name} was ${preview(value, 40)} already`,
      );
      if (!same) return;
      const next = lacking(reply.labels);
      if (next !== null) at.value = next;
      else if (labels.reviewing) {
        at.value = 0;
        if (reply.labels.next !== null) goOn(reply.labels.next);
        else env.say(`All ${count(reply.labels.progress?.total ?? 0)} are labelled`);
      }
    });
  };

  const undo = (): void =>
    inLine("It could not be taken back", async () => {
      const reply = await env.rpc.call("unlabel", {});
      env.say(
        `Taken back: ${reply.name} = ${preview(reply.value, 40)}${reply.changed > 1 ? ` on ${count(reply.changed)}` : ""}`,
      );
      at.value = Math.max(
        0,
        labels.schema.value.findIndex((each) => each.name === reply.name),
      );
      if (reply.trace_id !== null && reply.trace_id !== trace.id.value) goOn(reply.trace_id);
    });

  const nextUnlabelled = (): void =>
    inLine("The next one was not found", async () => {
      const traceId = trace.id.value;
      if (traceId === null) return;
      const reply = await env.rpc.call("labels", { target: { trace_id: traceId, span_id: null } });
      if (reply.next === null) env.say(`All ${count(reply.progress?.total ?? 0)} are labelled`);
      else goOn(reply.next);
    });

  const askRaters = async (): Promise<void> => {
    try {
      raters.value = await env.rpc.call("raters", { filter: results.answer.peek()?.filter ?? "" });
    } catch (error) {
      env.fail("The labels could not be compared", error);
    }
  };
  const toggleRaters = (): void => {
    if (raters.value) raters.value = null;
    else void askRaters();
  };

  const turn = (by: 1 | -1): void => {
    const names = labels.schema.value.length;
    at.value = (at.value + by + names) % names;
  };

  return {
    place,
    meant,
    at,
    said,
    progress,
    noting,
    draft,
    raters,
    async look() {
      const now = meant.value;
      const number = ++asked;
      if (!now) {
        said.value = null;
        return;
      }
      try {
        const reply = await env.rpc.call("labels", { target: now.target });
        if (number === asked) take(reply);
      } catch (error) {
        if (number === asked) said.value = null;
        env.fail("The labels could not be read", error);
      }
    },
    give,
    note(text) {
      const name = noting.value;
      const given = said.value?.given.find((each) => each.name === name)?.values[0];
      noting.value = null;
      if (name !== null && given) give(name, given.value as Scalar, text || null);
      else draft.value = text || null;
    },
    undo,
    toggleRaters,
    askRaters,
    act(action, key) {
      const now = spec();
      switch (action) {
        case "value": {
          const value = now?.values[Number(key) - 1];
          if (now && value !== undefined) give(now.name, value);
          else if (now) env.say(`${now.name} has ${plural(now.values.length, "value")}`);
          return true;
        }
        case "note": {
          const has = (name: string | undefined): boolean =>
            !!said.value?.given.some((each) => each.name === name && each.values.length > 0);
          const given = last.of === keyOf(meant.value) && has(last.name);
          noting.value = (given ? last.name : now?.name) ?? null;
          return true;
        }
        case "nextLabel":
        case "previousLabel":
          turn(action === "nextLabel" ? 1 : -1);
          return true;
        case "whole":
          whole.value = !whole.value;
          return true;
        case "nextUnlabelled":
          if (labels.reviewing) nextUnlabelled();
          return labels.reviewing;
        case "raters":
          toggleRaters();
          return true;
        case "undo":
          undo();
          return true;
        case "back":
          if (raters.value) raters.value = null;
          else untracked(() => (labels.on.value = false));
          return true;
        default:
          return false;
      }
    },
  };
}
