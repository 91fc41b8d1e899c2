/** Whether anybody answers. A kernel that is busy and one that is gone look the same from here. */

import { type Signal, signal } from "@preact/signals";
import { listen } from "../wire/model";
import type { Env } from "./env";

export type Kernel = "ok" | "waiting" | "gone";

/** A round trip is about 60 ms and most queries take less than a second; silence this long is worth a word. */
const SILENCE_MS = 4000;
const LOOK_MS = 1000;

export function watchKernel(env: Env): Signal<Kernel> {
  const kernel = signal<Kernel>("ok");
  let dead = false;
  const look = setInterval(() => {
    const silent = env.rpc.silence(performance.now()) > SILENCE_MS;
    kernel.value = dead || env.rpc.cut ? "gone" : silent ? "waiting" : "ok";
  }, LOOK_MS);
  env.end.addEventListener("abort", () => clearInterval(look), { once: true });
  listen(env.model, "comm:close", () => (dead = true), env.end);
  return kernel;
}
