// The program of a conformance case: it follows a watch, sends what the script wants through it,
// and says in the terms of `expected` what it has seen.

import {
  CommandRefused,
  EventsPruned,
  type Gap,
  type Watch,
  WatchClosed,
  WatchRefused,
  WatchSignedOut,
} from "../../src/feed/index.js";
import type { Frame } from "./cases.js";
import { Noted } from "./noted.js";

export class Program {
  readonly seqs = new Noted<number>();
  readonly gaps: [number, number][] = [];
  /** The commands to send, each after the answer to the one before. */
  readonly wanted = new Noted<Frame>();
  readonly #answers = new Noted<unknown>();

  readonly onGap = ({ first, last }: Gap): void => {
    this.gaps.push([first, last]);
  };

  async run(watch: Watch): Promise<Record<string, unknown>> {
    void this.#command(watch);
    const outcome = await this.#follow(watch);
    await this.#answers.until(this.wanted.all.length);
    const { gaps, seqs } = this;
    return { ...outcome, gaps, seqs: seqs.all, commands: this.#answers.all, state: watch.state };
  }

  async #follow(watch: Watch): Promise<Record<string, unknown>> {
    try {
      for await (const { seq } of watch) this.seqs.add(seq);
      return { outcome: "ended" };
    } catch (error) {
      if (error instanceof WatchRefused) return { outcome: "refused", code: error.code };
      if (error instanceof WatchSignedOut) return { outcome: "signed_out" };
      if (!(error instanceof EventsPruned)) throw error;
      this.onGap(error);
      return { outcome: "pruned" };
    }
  }

  async #command(watch: Watch): Promise<never> {
    for (let next = 0; ; next += 1) {
      const wanted = await this.wanted.at(next);
      this.#answers.add(await answerTo(watch, wanted));
    }
  }
}

/** The seq of a command's ack, or the code of its refusal. */
async function answerTo(watch: Watch, wanted: Frame): Promise<unknown> {
  try {
    return await send(watch, wanted);
  } catch (error) {
    if (error instanceof CommandRefused) return error.code;
    return error instanceof WatchClosed ? "closed" : String(error);
  }
}

function send(watch: Watch, { type, question, name, value, data }: Frame): Promise<number | null> {
  if (type === "answer") return watch.answer(String(question), value);
  return type === "signal" ? watch.signal(String(name), data) : watch.cancel();
}
