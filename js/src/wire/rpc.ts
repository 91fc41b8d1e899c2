/**
 * Calls to Python over custom messages. Every view has a random id and counts its calls; replies to other
 * views are ignored, and a reply that nobody waits for any more is dropped.
 *
 * @example
 *   const rpc = new Rpc(model, signal);
 *   const page = await rpc.call("page", { filter: "", rows: "traces", columns: [], at: 0 });
 */

import type { Diagnostic, Method, Methods, Push, Question, WireError } from "./contract";
import { type AnyModel, listen } from "./model";

export class RpcError extends Error {
  readonly kind: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(error: WireError) {
    super(error.message);
    this.kind = error.kind;
    this.diagnostics = error.diagnostics ?? [];
  }
}

/** One for all: while the list is scrolled calls are given up all the time, and an error's stack takes long to note. */
export const CANCELLED = new RpcError({ kind: "cancelled", message: "cancelled" });

/** Longer than any query may take in the kernel; a call older than this has lost its reply. */
const LOST_MS = 60_000;

/** Python is told so often that somebody is there: well before it sends more seldom. */
const SAY_MS = 20_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: RpcError) => void;
  readonly sent: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Rpc {
  /** in every message, so that two views of one model do not take each other's replies */
  readonly view: string = randomId();
  /** when the last message came, in ms of `performance.now()` */
  heard = Number.NEGATIVE_INFINITY;
  /** whether the way to the kernel has ended, as it does for good when the kernel is restarted */
  cut = false;
  /** takes what Python sends unasked */
  pushed: ((asked: Question, push: Push) => void) | null = null;
  readonly #model: AnyModel;
  readonly #waiting = new Map<number, Waiting>();
  readonly #decoder = new TextDecoder();
  #count = 0;
  #said = Number.NEGATIVE_INFINITY;

  constructor(model: AnyModel, end: AbortSignal) {
    this.#model = model;
    listen(model, "msg:custom", (content: unknown, buffers: unknown) => this.#receive(content, buffers), end);
    end.addEventListener("abort", () => this.#close(), { once: true });
  }

  /** Resolves with the method's result, rejects with RpcError. Aborting `signal` cancels in the kernel, too. */
  call<M extends Method>(
    method: M,
    params: Methods[M]["params"],
    signal?: AbortSignal,
  ): Promise<Methods[M]["result"]> {
    if (signal?.aborted) return Promise.reject(CANCELLED);
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      const lost = { kind: "lost", message: "the kernel did not answer" };
      const timer = setTimeout(() => this.#take(id)?.reject(new RpcError(lost)), LOST_MS);
      this.#waiting.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        sent: performance.now(),
        timer,
      });
      signal?.addEventListener("abort", () => this.#cancel(id), { once: true });
      try {
        this.#model.send({ v: this.view, id, method, params });
      } catch {
        this.cut = true;
        this.#take(id)?.reject(new RpcError({ kind: "lost", message: "the kernel is not connected" }));
      }
    });
  }

  /** For how long the oldest call has been without any word from the kernel, in ms. */
  silence(now: number): number {
    let oldest = now;
    for (const waiting of this.#waiting.values()) oldest = Math.min(oldest, waiting.sent);
    return Math.min(now - oldest, now - this.heard);
  }

  #cancel(id: number): void {
    const waiting = this.#take(id);
    if (!waiting) return;
    this.#sendCancel(id);
    waiting.reject(CANCELLED);
  }

  #sendCancel(id: number): void {
    try {
      this.#model.send({ v: this.view, cancel: id });
    } catch {
      // A kernel that cannot be reached runs nothing to be cancelled.
    }
  }

  #receive(content: unknown, buffers: unknown): void {
    if (!isRecord(content)) return;
    this.heard = performance.now();
    if (isRecord(content.question)) {
      if (this.heard > this.#said + SAY_MS) {
        this.#said = this.heard;
        this.#sendCancel(0);
      }
      this.pushed?.(content.question as unknown as Question, this.#read(buffers) as Push);
      return;
    }
    if (content.v !== this.view || typeof content.re !== "number") return;
    const waiting = this.#take(content.re);
    if (!waiting) return;
    if (isRecord(content.error)) {
      waiting.reject(new RpcError(content.error as unknown as WireError));
      return;
    }
    try {
      waiting.resolve(this.#read(buffers));
    } catch (error) {
      waiting.reject(new RpcError({ kind: "internal", message: `the reply could not be read: ${error}` }));
    }
  }

  #read(buffers: unknown): unknown {
    return JSON.parse(this.#decoder.decode(bytes(Array.isArray(buffers) ? buffers[0] : undefined)));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting) clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    return waiting;
  }

  #close(): void {
    for (const id of [...this.#waiting.keys()]) this.#cancel(id);
  }
}

/** Random in pages without TLS too, where `crypto.randomUUID` is not to be had. */
function randomId(): string {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return `${high!.toString(36)}-${low!.toString(36)}`;
}

/** A buffer as it comes from JupyterLab (DataView) or marimo (DataView or ArrayBuffer). */
function bytes(buffer: unknown): Uint8Array {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  throw new TypeError("it has no buffer");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object";
}
