/** Label mode: whether it is on, by which schema and in whose name. What its keys do lies in the second script. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Action } from "../model/keys";
import type { LabelSpec } from "../wire/contract";
import { shared } from "../wire/model";
import type { Env } from "./env";

export interface Labels {
  readonly schema: ReadonlySignal<readonly LabelSpec[]>;
  readonly rater: ReadonlySignal<string>;
  /** the traces shown are gone through one by one */
  readonly reviewing: boolean;
  readonly on: Signal<boolean>;
  /** counts up when labels in the store changed */
  readonly version: Signal<number>;
  begin(): void;
  /** what the keys of label mode do, once the second script is here */
  keys: ((action: Action, key: string) => boolean) | null;
  act(action: Action, key: string): boolean;
  /** keys that were pressed before it was here */
  early: [Action, string][];
}

export function createLabels(env: Env): Labels {
  const schema = shared(env.model, "labels", [], env.end).value;
  const reviewing = env.model.get("reviewing") ?? false;
  const on = signal(reviewing);
  const labels: Labels = {
    schema,
    rater: shared(env.model, "rater", "", env.end).value,
    reviewing,
    on,
    version: signal(0),
    begin() {
      if (schema.value.length > 0) on.value = true;
      else env.say('No labels are declared: sg.explore(…, labels={"correct": [True, False]})', "bad");
    },
    keys: null,
    early: [],
    act: (action, key) => labels.keys?.(action, key) ?? labels.early.push([action, key]) > 0,
  };
  return labels;
}
