// Those who are told that a store has changed.

export class Observers {
  readonly #all = new Set<() => void>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Returns what takes the observer off again. */
  add(observer: () => void): () => void {
    const one = (): void => observer();
    this.#all.add(one);
    return () => void this.#all.delete(one);
  }

  tell(): void {
    for (const observer of this.#all) observer();
  }
}
