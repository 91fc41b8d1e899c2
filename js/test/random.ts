/** Seeded randomness for tests that state laws: a failure names the seed that brings it back. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 2654435761 + 1;
  }

  /** A whole number from 0 to `below` - 1. */
  int(below: number): number {
    this.#state = (Math.imul(this.#state ^ (this.#state >>> 15), 2246822519) + 3266489917) | 0;
    return ((this.#state ^ (this.#state >>> 13)) >>> 0) % below;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }

  text(length: number, alphabet: readonly string[]): string {
    return Array.from({ length }, () => this.pick(alphabet)).join("");
  }
}

/** Runs `law` on many seeds. */
export function forMany(seeds: number, law: (random: Random) => void): void {
  for (let seed = 0; seed < seeds; seed++) {
    try {
      law(new Random(seed));
    } catch (error) {
      throw new Error(`with seed ${seed}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
}
