/**
 * At most one call in flight and one pending. A newer call takes the pending one's place; whether it also
 * cancels the one in flight is the slot's choice: a filter that nobody wants any more is cancelled, a page
 * that was scrolled past still goes into the cache.
 *
 * @example
 *   const slot = new Slot("replace");
 *   const page = await slot.run((signal) => rpc.call("page", params, signal));
 */

import { CANCELLED } from "./rpc";

type Work<T> = (signal: AbortSignal) => Promise<T>;

interface Job {
  readonly start: () => Promise<void>;
  readonly drop: () => void;
}

export class Slot {
  readonly #replace: boolean;
  #flight: AbortController | null = null;
  #pending: Job | null = null;

  constructor(mode: "replace" | "finish") {
    this.#replace = mode === "replace";
  }

  get busy(): boolean {
    return this.#flight !== null;
  }

  /** Rejects with a "cancelled" RpcError when a newer call took this one's place. */
  run<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = async (): Promise<void> => {
        const flight = new AbortController();
        this.#flight = flight;
        try {
          resolve(await work(flight.signal));
        } catch (error) {
          reject(error);
        } finally {
          this.#flight = null;
          this.#next();
        }
      };
      this.#pending?.drop();
      this.#pending = { start, drop: () => reject(CANCELLED) };
      if (this.#flight === null) this.#next();
      else if (this.#replace) this.#flight.abort();
    });
  }

  #next(): void {
    const job = this.#pending;
    this.#pending = null;
    void job?.start();
  }
}
