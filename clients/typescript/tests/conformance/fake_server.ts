// A server that plays the script of a conformance case: WebSocket, stream and credentials.

import { isDeepStrictEqual } from "node:util";

import type { Transport } from "../../src/feed/connections.js";
import type { SocketClass } from "../../src/feed/socket_connection.js";
import type { Fetch } from "../../src/feed/stream_dial.js";
import { type Case, type Frame, frameOf, type PlannedConnection, type Step } from "./cases.js";
import type { FakeClock } from "./fake_clock.js";
import { Noted } from "./noted.js";
import type { Program } from "./program.js";
import { FakeSocket, FakeStream, SocketWire, type Wire } from "./wires.js";

const PATHS = { websocket: "/ws/e1", sse: "/api/executions/e1/events" };

export class FakeServer {
  /** Rejects when a script went another way than the case says. */
  readonly failed: Promise<never>;
  readonly #connections: PlannedConnection[];
  readonly #opened = new Noted<string>();
  readonly #program: Program;
  readonly #clock: FakeClock;
  readonly #bound = new Map<string, unknown>();
  #last: Promise<void> | null = null;
  #fail: (error: unknown) => void = () => undefined;

  constructor(plan: Case, program: Program, clock: FakeClock) {
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
    this.#connections = [...plan.connections];
    this.#program = program;
    this.#clock = clock;
  }

  /** Waits until the client has left the connection that was opened last. */
  async left(): Promise<void> {
    await this.#last;
  }

  /** Waits until so many connections have come. */
  opened(count: number): Promise<void> {
    return this.#opened.until(count);
  }

  /** How many connections of the case never came. */
  get unplayed(): number {
    return this.#connections.length;
  }

  get Socket(): SocketClass {
    const connect = (url: string, socket: FakeSocket): void => this.#connect(new URL(url), socket);
    return class extends FakeSocket {
      constructor(url: string) {
        super();
        queueMicrotask(() => connect(url, this));
      }
    };
  }

  get fetch(): Fetch {
    return async (address, { headers, signal }) => {
      const url = new URL(address);
      const planned = this.#next(url, "sse");
      this.#checkHead(planned, new Headers(headers));
      const [first] = planned.script;
      if (first?.refuse !== undefined) return refusal(first);
      const stream = new FakeStream(signal);
      this.#playOut(planned, stream);
      return stream.response;
    };
  }

  #connect(url: URL, socket: FakeSocket): void {
    const wire = new SocketWire(socket);
    const planned = this.#next(url, "websocket");
    if (planned.script[0]?.hang) return;
    if (planned.script[0]?.refuse !== undefined) return wire.refuse();
    wire.accept();
    this.#playOut(planned, wire, true);
  }

  #next(url: URL, transport: Transport): PlannedConnection {
    this.#opened.add(url.href);
    const planned = this.#connections.shift();
    this.#check(planned !== undefined, "a connection that the case does not know");
    this.#check(url.pathname === PATHS[transport], url.pathname);
    this.#check(transport === (planned?.transport ?? transport), `it came by ${transport}`);
    this.#check(url.search === `?after=${planned?.after}`, `${url.search}, not ${planned?.after}`);
    return planned as PlannedConnection;
  }

  #checkHead(planned: PlannedConnection, headers: Headers): void {
    const last = planned.after === "latest" ? null : planned.after;
    this.#check(headers.get("last-event-id") === last, "another Last-Event-ID");
    this.#checkToken(planned, headers.get("authorization")?.replace("Bearer ", "") ?? null);
  }

  #checkToken(planned: PlannedConnection, token: unknown): void {
    const { token: wanted } = planned;
    this.#check(wanted === undefined || wanted === token, `the token ${token}, not ${wanted}`);
  }

  #playOut(planned: PlannedConnection, wire: Wire, isSocket = false): void {
    this.#last = wire.gone;
    this.#play(planned, wire, isSocket).catch((error: unknown) => this.#fail(error));
  }

  async #play(planned: PlannedConnection, wire: Wire, isSocket: boolean): Promise<void> {
    if (isSocket && planned.script[0]?.expect?.["type"] !== "auth") {
      const first = await wire.receive();
      this.#check(first["type"] === "auth", "a first frame that is no auth");
      this.#checkToken(planned, first["token"]);
    }
    for (const step of planned.script) await this.#step(wire, step);
    await wire.gone;
  }

  /** Plays one step: what the server says, what it waits for, or how it breaks. */
  async #step(wire: Wire, step: Step): Promise<void> {
    const frame = frameOf(step);
    if (frame !== null) wire.send(this.#filled(frame));
    else if (step.send_text !== undefined) wire.sendText(step.send_text);
    else if (step.pieces !== undefined) wire.sendPieces(step.pieces);
    else if (step.close !== undefined) wire.close(step.close, step.reason ?? "");
    else if (step.drop) wire.drop();
    else if (step.vanish !== undefined) this.#vanish(wire, step.vanish);
    else await this.#wait(wire, step);
  }

  #vanish(wire: Wire, frame: Frame): void {
    wire.sendHalf(frame);
    wire.drop();
  }

  async #wait(wire: Wire, step: Step): Promise<void> {
    if (step.expect !== undefined) this.#expect(await wire.receive(), step.expect);
    else if (step.until !== undefined) await this.#program.seqs.until(step.until);
    else if (step.opened !== undefined) await this.#opened.until(step.opened);
    else if (step.wait !== undefined) await step.wait;
    else if (step.command !== undefined) this.#program.wanted.add(step.command);
    else if (step.tick !== undefined) for (let n = step.tick; n > 0; n--) await this.#clock.tick();
    else throw new Error(`no such step: ${JSON.stringify(step)}`);
  }

  #expect(frame: Frame, fields: Frame): void {
    for (const [field, wanted] of Object.entries(fields)) {
      const named = typeof wanted === "string" && wanted.startsWith("$");
      const value = named ? this.#valueOf(wanted, frame[field]) : wanted;
      const right = field in frame && isDeepStrictEqual(frame[field], value);
      this.#check(right, `${JSON.stringify(frame)}, not ${JSON.stringify(fields)}`);
    }
  }

  /** What stands behind a `$name`: what came the first time, different from all others. */
  #valueOf(name: string, found: unknown): unknown {
    if (!this.#bound.has(name)) {
      const others = [...this.#bound.values()];
      this.#check(!others.includes(found), `${String(found)} came before, under another name`);
      this.#bound.set(name, found);
    }
    return this.#bound.get(name);
  }

  #filled(frame: Frame): Frame {
    const fill = ([field, value]: [string, unknown]): [string, unknown] =>
      typeof value === "string" ? [field, this.#bound.get(value) ?? value] : [field, value];
    return Object.fromEntries(Object.entries(frame).map(fill));
  }

  #check(right: boolean, problem: string): void {
    if (right) return;
    const error = new Error(problem);
    this.#fail(error);
    throw error;
  }
}

function refusal({ refuse = 500, retry_after: later }: Step): Response {
  const body = refuse === 204 ? null : JSON.stringify({ title: "refused" });
  const headers: Record<string, string> = later === undefined ? {} : { "retry-after": `${later}` };
  return new Response(body, { status: refuse, headers });
}
