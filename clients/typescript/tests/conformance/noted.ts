// Something that is noted in turn and that others can wait for.

export class Noted<Thing> {
  readonly all: Thing[] = [];
  #waiting: (() => void)[] = [];

  add(thing: Thing): void {
    this.all.push(thing);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Waits until so many have been noted. */
  async until(count: number): Promise<void> {
    while (this.all.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** The one of this index, once it has been noted. */
  async at(index: number): Promise<Thing> {
    await this.until(index + 1);
    return this.all[index] as Thing;
  }
}
