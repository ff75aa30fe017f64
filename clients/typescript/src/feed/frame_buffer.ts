// What lies between who brings and who fetches: a bounded queue, with an end that is told behind
// the last entry.

import { Gate } from "./gate.js";

export class FrameBuffer<Entry> {
  readonly #weigh: (entry: Entry) => number;
  readonly #capacity: number;
  readonly #some = new Gate(false);
  readonly #room = new Gate(true);
  #entries: Entry[] = [];
  #next = 0;
  #weight = 0;
  #urgent = 0;
  #end: { readonly error: unknown } | null = null;

  constructor(capacity: number, weigh: (entry: Entry) => number) {
    this.#capacity = capacity;
    this.#weigh = weigh;
  }

  /** Whether whoever fills it should wait. */
  get full(): boolean {
    return this.#weight >= this.#capacity && this.#urgent === 0;
  }

  /** Adds an entry, full or not; nothing comes behind the end. */
  put(entry: Entry): void {
    if (this.#end !== null) return;
    this.#entries.push(entry);
    this.#change(this.#weigh(entry));
    this.#some.open();
  }

  /** Waits until it is not full. */
  async room(): Promise<void> {
    while (this.full && this.#end === null) await this.#room.wait();
  }

  /** The next entry; at the end null, or throws the error that ended it. */
  async get(): Promise<Entry | null> {
    while (this.#next === this.#entries.length && this.#end === null) {
      this.#some.shut();
      await this.#some.wait();
    }
    const entry = this.#take();
    if (entry !== null || this.#end === null || this.#end.error === null) return entry;
    throw this.#end.error;
  }

  /** Tells the end, which whoever fetches meets behind what is still held. */
  close(error: unknown): void {
    this.#end ??= { error };
    this.#some.open();
    this.#room.open();
  }

  /** Forgets what is held. */
  clear(): void {
    this.#entries = [];
    this.#next = 0;
    this.#change(-this.#weight);
  }

  /** Takes in without bound meanwhile: an answer is awaited that stands behind the entries. */
  async urgently<T>(task: () => Promise<T>): Promise<T> {
    this.#urgent += 1;
    this.#change(0);
    try {
      return await task();
    } finally {
      this.#urgent -= 1;
      this.#change(0);
    }
  }

  #take(): Entry | null {
    const entry = this.#entries[this.#next];
    if (entry === undefined) return null;
    this.#next += 1;
    if (this.#next === this.#entries.length) {
      this.#entries = [];
      this.#next = 0;
    }
    this.#change(-this.#weigh(entry));
    return entry;
  }

  #change(weight: number): void {
    this.#weight += weight;
    if (this.full) this.#room.shut();
    else this.#room.open();
  }
}
