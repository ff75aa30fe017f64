// Names as small numbers, so that a column can hold them; 0 is no name.

export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  numberOf(name: string | null): number {
    if (name === null) return 0;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#names.push(name);
    this.#numbers.set(name, this.#names.length);
    return this.#names.length;
  }

  /** The number of a name that has been met; undefined for one that has not. */
  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  nameOf(number: number): string | null {
    return number === 0 ? null : (this.#names[number - 1] ?? null);
  }

  get all(): readonly string[] {
    return this.#names;
  }
}
