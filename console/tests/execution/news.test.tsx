import "../frame/browser.ts";

import { act, cleanup, render, screen } from "@testing-library/react";
import { createRuncast } from "runcast";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { AccessContext } from "../../src/execution/access.ts";
import { ExecutionModel } from "../../src/execution/live/execution_model.ts";
import { LiveExecution, type WatchOptions } from "../../src/execution/live/live_execution.ts";
import { ModelContext } from "../../src/execution/live/useModel.ts";
import type { FeedEvent } from "../../src/execution/record/feed_event.ts";
import { News } from "../../src/execution/status/News.tsx";
import { Script } from "./events.ts";

const access = {
  executionId: "e1",
  runcast: createRuncast({ token: "rcw_1" }),
  mayAct: true,
  isShared: false,
};

/** A feed that says what a test has it say. */
class Said {
  readonly script = new Script();
  readonly model = new ExecutionModel(new LiveExecution((options) => this.#batches(options)));
  readonly #batch: FeedEvent[] = [];
  #onStatus: WatchOptions["onStatus"] = () => undefined;
  #wake: () => void = () => undefined;

  async tell(kind: string, data: Record<string, unknown> = {}): Promise<void> {
    this.#batch.push(this.script.event(kind, data));
    this.#wake();
    await pass(0);
  }

  async is(status: Parameters<WatchOptions["onStatus"]>[0]): Promise<void> {
    this.#onStatus(status);
    await pass(0);
  }

  async *#batches({ onStatus }: WatchOptions): AsyncGenerator<readonly FeedEvent[]> {
    this.#onStatus = onStatus;
    for (;;) {
      yield this.#batch.splice(0);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds + 100));

async function shown(): Promise<Said> {
  const said = new Said();
  void said.model.live.follow(new AbortController().signal);
  render(
    <AccessContext value={access}>
      <ModelContext value={said.model}>
        <News />
      </ModelContext>
    </AccessContext>,
  );
  await said.is({ phase: "catching_up", behind: 1 });
  await said.tell("execution.queued");
  await said.tell("execution.started");
  await said.is({ phase: "live" });
  await pass(1_000);
  return said;
}

const heard = () => screen.getByRole("status").textContent;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("nothing is told of what was before, nor of what the log says", async () => {
  const said = await shown();
  for (let line = 0; line < 5; line += 1) await said.tell("log", { message: "a line" });
  await pass(1_000);
  expect(heard()).toBe("");
});

test("a question is told with the wait for it, and the end with its reason", async () => {
  const said = await shown();
  const region = screen.getByRole("status");
  await said.tell("question", { id: "q1", prompt: "Keep 0.1?" });
  await said.tell("execution.waiting");
  await pass(1_000);
  expect(heard()).toBe("Waiting. Asks: Keep 0.1?");
  await said.tell("execution.failed", { error: { code: "x", message: "no disk" } });
  await pass(1_000);
  expect(heard()).toBe("Failed: no disk");
  expect(screen.getByRole("status")).toBe(region);
});

test("a server that is lost for long is told of once, and that it is back", async () => {
  const said = await shown();
  await said.is({ phase: "waiting", until: 0, code: 1006, reason: "" });
  await pass(1_000);
  expect(heard()).toBe("");
  await pass(3_000);
  await pass(1_000);
  const span = screen.getByRole("status").firstChild;
  expect(heard()).toBe("Lost the server");
  for (let second = 0; second < 10; second += 1) await pass(1_000);
  expect(screen.getByRole("status").firstChild).toBe(span);
  await said.is({ phase: "live" });
  await pass(1_000);
  expect(heard()).toBe("The server is back");
});

test("the same words are news again", async () => {
  const said = await shown();
  await said.tell("question", { id: "q1", prompt: "More?" });
  await pass(1_000);
  const span = screen.getByRole("status").firstChild;
  await said.tell("answer", { question: "q1" });
  await said.tell("question", { id: "q2", prompt: "More?" });
  await pass(1_000);
  expect(heard()).toBe("Asks: More?");
  expect(screen.getByRole("status").firstChild).not.toBe(span);
});

test("nothing is told of what a replay shows", async () => {
  const said = await shown();
  act(() => said.model.seekSeq(1));
  await pass(1_000);
  expect(heard()).toBe("");
});
