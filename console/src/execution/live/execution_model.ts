// What the page shows of an execution: its record, as of now or as of a moment of a replay. Everything on
// the page asks here which moment that is, so that all of it shows the same.
import type { Journal } from "../record/journal.ts";
import { isFinal } from "../record/journal.ts";
import type { ExecutionRecord } from "../record/execution_record.ts";
import { replayFrom, seek, tick, toggle, type Replay, type Speed } from "../record/replay.ts";
import { frames, type Frames } from "./frames.ts";
import type { LiveExecution } from "./live_execution.ts";

export class ExecutionModel {
  readonly live: LiveExecution;
  readonly #frames: Frames;
  readonly #listeners = new Set<() => void>();
  #replay: Replay | null = null;
  #asOf = Infinity;
  #version = 0;
  #seeks = 0;
  #lastTick: number | null = null;
  #leave: () => void = () => undefined;

  constructor(live: LiveExecution, clock: Frames = frames) {
    this.live = live;
    this.#frames = clock;
  }

  get record(): ExecutionRecord {
    return this.live.record;
  }

  get journal(): Journal {
    return this.live.record.journal;
  }

  /** The last event that is shown; Infinity while the page is live. */
  get asOf(): number {
    return this.#asOf;
  }

  get replay(): Replay | null {
    return this.#replay;
  }

  /** Grows whenever somebody goes to a moment; playing on is none. */
  get seeks(): number {
    return this.#seeks;
  }

  /** Whether the execution has ended, whatever moment is shown. */
  get isOver(): boolean {
    const last = this.journal.stateAt(Infinity);
    return last !== null && isFinal(last.state);
  }

  /** Grows with every change, once a frame at most. */
  get version(): number {
    return this.#version;
  }

  /**
   * The time that it is for the page, in milliseconds: that of the replay, of the end, of when the server
   * was lost, or of the clock.
   */
  get now(): number {
    if (this.#replay !== null) return this.#replay.time;
    const state = this.journal.stateAt(Infinity);
    return state !== null && isFinal(state.state)
      ? state.at
      : Math.max(this.live.lostAt ?? Date.now(), this.record.lastTime);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) this.#leave = this.live.subscribe(this.#changed);
    this.#listeners.add(listener);
    return () => this.#unsubscribe(listener);
  };

  goLive(): void {
    this.#replay = null;
    this.#asOf = Infinity;
    this.#changed();
  }

  seekTime(time: number): void {
    const replay = seek(this.#replay ?? replayFrom(time), time, this.record);
    this.#seeks += 1;
    this.#show(replay, this.record.seqAtTime(replay.time));
  }

  /** Go to one event; several may share a time. */
  seekSeq(seq: number): void {
    const wanted = Math.min(this.record.lastSeq, Math.max(this.record.firstSeq, seq));
    const time = this.record.timeOfSeq(wanted);
    this.#seeks += 1;
    this.#show(seek(this.#replay ?? replayFrom(time), time, this.record), wanted);
  }

  togglePlaying(): void {
    if (this.#replay === null) this.#seeks += 1;
    const replay = this.#replay ?? replayFrom(this.record.firstTime);
    this.#set(toggle(replay, this.record));
    this.#lastTick = null;
    if (this.#replay?.isPlaying === true) this.#frames.next(this.#tick);
  }

  setSpeed(speed: Speed): void {
    if (this.#replay !== null) this.#set({ ...this.#replay, speed });
  }

  setSkipsPauses(skipsPauses: boolean): void {
    if (this.#replay !== null) this.#set({ ...this.#replay, skipsPauses });
  }

  #unsubscribe(listener: () => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#leave();
  }

  /** Go on with a replay; where it stands still, so does the event of several at one time. */
  #set(replay: Replay): void {
    const stands = replay.time === this.#replay?.time;
    this.#show(replay, stands ? this.#asOf : this.record.seqAtTime(replay.time));
  }

  #show(replay: Replay, asOf: number): void {
    this.#replay = replay;
    this.#asOf = asOf;
    this.#changed();
  }

  readonly #tick = (time: number): void => {
    if (this.#replay?.isPlaying !== true || this.#listeners.size === 0) return;
    const elapsed = this.#lastTick === null ? 0 : Math.min(250, time - this.#lastTick);
    this.#lastTick = time;
    this.#set(tick(this.#replay, elapsed, this.record));
    this.#frames.next(this.#tick);
  };

  readonly #changed = (): void => {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  };
}
