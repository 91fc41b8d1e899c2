/** Undo and redo of a text. Letters typed one after the other are one step, up to a rest or the end of a word. */

export interface Step {
  readonly text: string;
  /** where the text cursor was */
  readonly cursor: number;
}

/** Typing that rests this long begins a new step. */
const REST_MS = 1000;
const KEPT = 200;

export class Undo {
  readonly #past: Step[] = [];
  #future: Step[] = [];
  #now: Step;
  #typed = Number.NEGATIVE_INFINITY;

  constructor(text: string) {
    this.#now = { text, cursor: text.length };
  }

  /** The text became `step`; `typed` is when it was by a key press, in ms, and null when it was by anything else. */
  put(step: Step, typed: number | null): void {
    if (step.text === this.#now.text) return;
    const word = step.text.slice(0, step.cursor).endsWith(" ");
    const goesOn = typed !== null && typed - this.#typed < REST_MS && !word;
    if (!goesOn) this.#past.push(this.#now);
    if (this.#past.length > KEPT) this.#past.shift();
    this.#now = step;
    this.#future = [];
    this.#typed = typed ?? Number.NEGATIVE_INFINITY;
  }

  /** The step before (-1) or after (1) the present one, which it becomes; null where there is none. */
  go(by: -1 | 1): Step | null {
    const [from, to] = by < 0 ? [this.#past, this.#future] : [this.#future, this.#past];
    const found = from.pop();
    if (!found) return null;
    to.push(this.#now);
    this.#now = found;
    this.#typed = Number.NEGATIVE_INFINITY;
    return found;
  }
}
