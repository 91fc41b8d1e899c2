/** What label mode does: what is meant, what has been said of it, and giving, noting and taking back. */

import { type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { count, plural, preview } from "../model/format";
import type { Action } from "../model/keys";
import type { App } from "../state/app";
import type { Place } from "../state/screen";
import type { LabelSpec, LabelsResult, Progress, RatersResult, Scalar } from "../wire/contract";
import { lacking, withLabel } from "./given";
import { createMeant, keyOf, type Meant } from "./meant";

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

export function createLabelling(app: App): Labelling {
  const { env, labels, list, trace, results } = app;
  const place = signal<Place>(app.screen.place.peek());
  const whole = signal(labels.reviewing);
  const meant = createMeant(app, place, whole);
  const at = signal(0);
  const said = signal<LabelsResult | null>(null);
  const progress = signal<Progress | null>(null);
  const noting = signal<string | null>(null);
  const draft = signal<string | null>(null);
  const raters = signal<RatersResult | null>(null);
  /** the label given last, and what to */
  let last = { name: "", of: "" };
  let asked = 0;
  let shownKey = "";
  /** keys pressed while the next trace of a review opens: they are meant for it */
  let early: string[] | null = null;
  // One after the other: the second of two keys must not be stored first.
  let line: Promise<unknown> = Promise.resolve();

  const spec = (): LabelSpec | undefined => labels.schema.value[at.value];
  const take = (result: LabelsResult): void => {
    said.value = result;
    progress.value = result.progress;
  };

  const inLine = (what: string, work: () => Promise<void>): void => {
    line = line.then(work).catch((error) => env.say(`${what}: ${(error as Error).message}`, "bad"));
  };

  /** Opens a trace of the review, and has the list's cursor follow. */
  const goOn = async (traceId: string | null): Promise<void> => {
    if (traceId === null) {
      env.say(`All ${count(progress.value?.total ?? 0)} are labelled`);
      return;
    }
    await trace.load(traceId, results.answer.peek()?.filter ?? "");
    for (let row = 0; row < results.total.peek(); row++) {
      const found = results.row(row);
      if (!found) break;
      if (found.rows.trace_id[found.index] === traceId) list.go(row);
    }
  };

  const give = (name: string, value: Scalar, note = draft.value): void => {
    const now = meant.value;
    if (!now) {
      env.say("Nothing is open to be labelled", "bad");
      return;
    }
    const key = keyOf(now);
    last = { name, of: key };
    draft.value = null;
    // The next key counts on what this one will have done.
    if (said.value) said.value = withLabel(said.value, name, value, note);
    const next = lacking(said.value, at.value, labels.schema.value.length);
    if (next !== null) at.value = next;
    const walks = labels.reviewing && next === null && "trace_id" in now.target;
    if (walks) early = [];
    inLine("The label was not stored", async () => {
      try {
        const reply = await env.rpc.call("label", { target: now.target, name, value, note });
        progress.value = reply.labels.progress;
        if (keyOf(meant.value) === key) take(reply.labels);
        const many = reply.labels.of > 1 ? ` · ${count(reply.changed)} changed` : "";
        const shown = preview(value, 40);
        env.say(reply.changed > 0 ? `${name} = ${shown}${many}` : `${name} was ${shown} already`);
        if (walks && reply.labels.given.every((each) => each.values.length > 0)) {
          if (reply.labels.next === null) early = null;
          await goOn(reply.labels.next);
        }
      } catch (error) {
        void look();
        throw error;
      } finally {
        const keys = early;
        if (walks) early = null;
        if (walks) for (const each of keys ?? []) act("value", each);
      }
    });
  };

  const undo = (): void =>
    inLine("It could not be taken back", async () => {
      const reply = await env.rpc.call("unlabel", {});
      env.say(
        `Taken back: ${reply.name} = ${preview(reply.value, 40)}${reply.changed > 1 ? ` on ${count(reply.changed)}` : ""}`,
      );
      if (reply.trace_id !== null && reply.trace_id !== trace.id.value) await goOn(reply.trace_id);
      at.value = Math.max(
        0,
        labels.schema.value.findIndex((each) => each.name === reply.name),
      );
    });

  const nextUnlabelled = (): void =>
    inLine("The next one was not found", async () => {
      const traceId = trace.id.value;
      if (traceId === null) return;
      await goOn((await env.rpc.call("labels", { target: { trace_id: traceId, span_id: null } })).next);
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

  const look = async (): Promise<void> => {
    const now = meant.value;
    const number = ++asked;
    // Of another thing nothing is known yet, and its labels are given from the first one on.
    if (keyOf(now) !== shownKey) {
      shownKey = keyOf(now);
      said.value = null;
      at.value = 0;
    }
    if (!now) return;
    try {
      const reply = await env.rpc.call("labels", { target: now.target });
      if (number === asked) take(reply);
    } catch (error) {
      env.fail("The labels could not be read", error);
    }
  };

  function act(action: Action, key: string): boolean {
    const now = spec();
    switch (action) {
      case "value": {
        if (early) {
          early.push(key);
          return true;
        }
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
  }

  return {
    place,
    meant,
    at,
    said,
    progress,
    noting,
    draft,
    raters,
    look,
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
    act,
  };
}
