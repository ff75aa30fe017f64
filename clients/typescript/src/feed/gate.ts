// A gate that those who wait pass through once it is open.

export class Gate {
  #passed: Promise<void> = Promise.resolve();
  #open: (() => void) | null = null;

  constructor(open: boolean) {
    if (!open) this.shut();
  }

  shut(): void {
    if (this.#open !== null) return;
    this.#passed = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open?.();
    this.#open = null;
  }

  wait(): Promise<void> {
    return this.#passed;
  }
}
