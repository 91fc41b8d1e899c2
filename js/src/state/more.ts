/**
 * The second script. A notebook's file pays for the first one with every widget that is saved, so what few visits
 * need lies in another, which Python sends when it is first asked for.
 */

import { type Signal, signal } from "@preact/signals";
import type { Action, Pane } from "../model/keys";
import type { Parts } from "../more";
import { type Env, messageOf } from "./env";

export interface More {
  /** null until the script has come */
  readonly parts: Signal<Parts | null>;
  /** why it did not come */
  readonly failure: Signal<string | null>;
  /** what its parts do with keys, by the pane that they are */
  readonly acts: Map<Pane, (action: Action, target: HTMLElement) => boolean>;
  /** has it sent, unless it is here or on its way */
  load(): void;
}

/** Makes the parts of what they share with this bundle. */
type Maker = (shared: unknown) => { readonly parts: Parts };

export function createMore(env: Env, shared: unknown): More {
  const parts = signal<Parts | null>(null);
  const failure = signal<string | null>(null);
  let coming = false;

  const fetched = async (): Promise<Parts> => {
    const { script } = await env.rpc.call("more", {});
    // As anywidget loads the first script itself: a module from memory, so that nothing is asked of the network.
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    try {
      const { default: make } = (await import(address)) as { default: Maker };
      return make(shared).parts;
    } finally {
      URL.revokeObjectURL(address);
    }
  };

  return {
    parts,
    failure,
    acts: new Map(),
    load() {
      if (coming || parts.value) return;
      coming = true;
      failure.value = null;
      fetched()
        .then((made) => (parts.value = made))
        .catch((error) => (failure.value = messageOf(error)))
        .finally(() => (coming = false));
    },
  };
}
