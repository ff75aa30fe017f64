// The progress that was told of, in columns. Of very many, every other one of the older is forgotten.
import { Column } from "./columns.ts";
import { Names } from "./names.ts";

const MOST_SAMPLES = 1 << 17;
const LATEST = 1 << 10;

export interface Sample {
  readonly done: number;
  readonly total: number | null;
  readonly message: string | null;
  readonly at: number;
}

export class ProgressSamples {
  readonly seqs = new Column();
  readonly times = new Column();
  readonly done = new Column();
  readonly #totals = new Column();
  readonly #messageNumbers = new Column();
  readonly #messages = new Names();

  get length(): number {
    return this.seqs.length;
  }

  push(seq: number, sample: Sample): void {
    this.seqs.push(seq);
    this.times.push(sample.at);
    this.done.push(sample.done);
    this.#totals.push(sample.total ?? Number.NaN);
    this.#messageNumbers.push(this.#messages.numberOf(sample.message));
  }

  at(index: number): Sample {
    const total = this.#totals.at(index);
    return {
      done: this.done.at(index),
      total: Number.isNaN(total) ? null : total,
      message: this.#messages.nameOf(this.#messageNumbers.at(index)),
      at: this.times.at(index),
    };
  }

  /** These, or fewer where they are more than are held. */
  held(most = MOST_SAMPLES): ProgressSamples {
    if (this.length < most) return this;
    const kept = new ProgressSamples();
    for (let index = 0; index < this.length; index += 1) {
      const isKept = index % 2 === 0 || index >= this.length - LATEST;
      if (isKept) kept.push(this.seqs.at(index), this.at(index));
    }
    return kept;
  }
}
