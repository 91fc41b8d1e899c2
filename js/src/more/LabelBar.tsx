/** Label mode on the screen: what is meant, the labels with their values and keys, who gives them, how far a review is. */

import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { count, preview, visible } from "../model/format";
import type { Place } from "../state/screen";
import { useApp } from "../view/context";
import { Label } from "./Label";
import { createLabelling, type Labelling } from "./labelling";
import css from "./labels.css";
import { Raters } from "./Raters";

const PLACES: readonly string[] = ["list", "trace", "detail"] satisfies readonly Place[];

export function LabelBar() {
  const app = useApp();
  const { labels } = app;
  const labelling = useMemo(() => createLabelling(app), [app]);
  const self = useRef<HTMLDivElement>(null);

  useEffect(() => {
    labels.keys = labelling.act;
    for (const [action, key] of labels.early.splice(0)) labelling.act(action, key);
    const look = effect(() => {
      void labels.version.value;
      void labelling.meant.value;
      void labelling.look();
    });
    const compare = effect(() => {
      void labels.version.value;
      if (labelling.raters.peek()) void labelling.askRaters();
    });
    const over = new AbortController();
    const root = self.current?.closest<HTMLElement>(".sg");
    // Whatever pane has the focus, or had it last: that is meant.
    root?.addEventListener(
      "focusin",
      (event) => {
        const pane = (event.target as HTMLElement).closest<HTMLElement>("[data-pane]")?.dataset.pane ?? "";
        if (PLACES.includes(pane)) labelling.place.value = pane as Place;
      },
      { signal: over.signal },
    );
    return () => {
      look();
      compare();
      over.abort();
      labels.keys = null;
    };
  }, [labels, labelling]);

  // A review is of traces: where there is room for one pane it is the trace, without taking the focus.
  useLayoutEffect(() => {
    const { mode, place } = app.screen;
    if (labels.reviewing && mode.peek() === "one") labelling.place.value = place.value = "trace";
  }, [app, labels, labelling]);

  // The focus does not stay on what is taken away.
  useLayoutEffect(() => {
    const bar = self.current;
    return () => {
      if (bar?.contains((bar.getRootNode() as Document | ShadowRoot).activeElement))
        app.screen.look(labelling.place.peek());
    };
  }, [app, labelling]);

  const meant = labelling.meant.value;
  const said = labelling.said.value;
  const progress = labelling.progress.value;
  const done = progress !== null && progress.labelled >= progress.total;
  return (
    <div ref={self} class="sg-labels" data-pane="label" role="group" aria-label="Labels">
      <style>{css}</style>
      {progress && (
        <div
          class="sg-progress-of"
          role="progressbar"
          aria-label="Labelled"
          aria-valuemin={0}
          aria-valuemax={progress.total}
          aria-valuenow={progress.labelled}
        >
          <i style={{ width: `${progress.total > 0 ? (100 * progress.labelled) / progress.total : 100}%` }} />
        </div>
      )}
      {labelling.raters.value && <Raters labelling={labelling} result={labelling.raters.value} />}
      <div class="sg-label-line">
        <span class="sg-meant">
          {meant ? (
            <>
              <em>{meant.kind}</em> {visible(meant.name)}
            </>
          ) : (
            <em>nothing open</em>
          )}
        </span>
        {labels.schema.value.map((spec, n) => (
          <Label
            key={spec.name}
            spec={spec}
            given={said?.given.find((each) => each.name === spec.name)}
            of={said?.of ?? 0}
            others={said?.others.filter((each) => each.name === spec.name) ?? []}
            current={n === labelling.at.value}
            labelling={labelling}
            place={n}
          />
        ))}
        <span class="sg-label-tools">
          {progress && (
            <span class={done ? "sg-strong" : ""}>
              {done ? "✓ all " : ""}
              {done ? count(progress.total) : `${count(progress.labelled)} of ${count(progress.total)}`}{" "}
              labelled
            </span>
          )}
          <Tool act={() => labelling.act("note", "")} title="Say why (N)" name="note" keyName="N" />
          <Tool
            act={labelling.undo}
            title="Take the last label back (Backspace)"
            name="undo"
            keyName="⌫"
            disabled={(said?.undo ?? 0) === 0}
          />
          <Tool
            act={labelling.toggleRaters}
            title="Who said what, and how far they agree (a)"
            name="raters"
            keyName="a"
            pressed={labelling.raters.value !== null}
          />
          <span class="sg-muted" title="Labels are stored in this name: ex.rater">
            as {visible(labels.rater.value)}
          </span>
          <Tool
            act={() => (labels.on.value = false)}
            title="Leave label mode (Esc)"
            name="done"
            keyName="Esc"
          />
        </span>
      </div>
      {labelling.noting.value !== null && <Note labelling={labelling} name={labelling.noting.value} />}
      {labelling.noting.value === null && labelling.draft.value !== null && (
        <div class="sg-label-note">The next label gets the note “{preview(labelling.draft.value, 200)}”</div>
      )}
    </div>
  );
}

interface ToolNeeds {
  readonly act: () => void;
  readonly title: string;
  readonly name: string;
  readonly keyName: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}

function Tool({ act, title, name, keyName, disabled = false, pressed }: ToolNeeds) {
  return (
    <button
      type="button"
      class="sg-tool"
      title={title}
      disabled={disabled}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={act}
    >
      <kbd>{keyName}</kbd> {name}
    </button>
  );
}

function Note({ labelling, name }: { labelling: Labelling; name: string }) {
  const app = useApp();
  const self = useRef<HTMLInputElement>(null);
  const given = labelling.said.value?.given.find((each) => each.name === name);
  useLayoutEffect(() => {
    self.current?.focus({ preventScroll: true });
  }, []);
  return (
    <label class="sg-label-note">
      <span class="sg-muted">
        {given?.values.length ? `why ${visible(name)} is so` : "note for the next label"}
      </span>
      <input
        ref={self}
        type="text"
        aria-label="Note"
        maxLength={2000}
        spellcheck={false}
        defaultValue={given?.note ?? ""}
        onKeyDown={(event) => {
          if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === "Enter") labelling.note(event.currentTarget.value.trim());
          else labelling.noting.value = null;
          app.screen.look(labelling.place.peek());
        }}
      />
    </label>
  );
}
