/** What every part of the state needs: the model, the calls, the end of the view, and a place for remarks. */

import { type Signal, signal } from "@preact/signals";
import type { AnyModel } from "../wire/model";
import { Rpc, RpcError } from "../wire/rpc";

export interface Remark {
  readonly text: string;
  readonly tone: "plain" | "bad";
}

export interface Env {
  readonly model: AnyModel;
  readonly rpc: Rpc;
  /** aborts when the view is taken down */
  readonly end: AbortSignal;
  /** the footer's latest remark */
  readonly remark: Signal<Remark | null>;
  say(text: string, tone?: Remark["tone"]): void;
  /** says what went wrong, unless it was cancelled */
  fail(what: string, error: unknown): void;
}

const REMARK_MS = 5000;

export function createEnv(model: AnyModel, end: AbortSignal): Env {
  const remark = signal<Remark | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  end.addEventListener("abort", () => clearTimeout(timer), { once: true });
  const say: Env["say"] = (text, tone = "plain") => {
    clearTimeout(timer);
    remark.value = { text, tone };
    timer = setTimeout(() => (remark.value = null), REMARK_MS);
  };
  return {
    model,
    rpc: new Rpc(model, end),
    end,
    remark,
    say,
    fail(what, error) {
      if (!isCancelled(error)) say(`${what}: ${messageOf(error)}`, "bad");
    },
  };
}

export function isCancelled(error: unknown): boolean {
  return error instanceof RpcError && error.kind === "cancelled";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
