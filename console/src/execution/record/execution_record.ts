// All that is known of one execution, from its events: log, metrics, progress, journal. It only grows,
// and answers for any moment of the log, so that a replay is a question and not a second derivation. Of
// more events than a million the last can be gone to.
import type { Gap } from "runcast";

import { Column } from "./columns.ts";
import { numberOrNull, timeOf, type FeedEvent } from "./feed_event.ts";
import { Journal } from "./journal.ts";
import { LogStore } from "./log_store.ts";
import { MetricsStore } from "./metrics_store.ts";
import { gapNotice, noticeOf, unreadNotice } from "./notices.ts";
import { ProgressStore } from "./progress.ts";
import { Superseded } from "./superseded.ts";

export const MOST_EVENTS = 1_000_000;

export class ExecutionRecord {
  readonly log: LogStore;
  readonly metrics = new MetricsStore();
  readonly progress = new ProgressStore();
  readonly journal = new Journal();
  readonly superseded = new Superseded();
  readonly gaps: Gap[] = [];
  readonly #seqs = new Column();
  readonly #times = new Column();
  readonly #most: number;
  #untold: Gap[] = [];
  #startTime = 0;

  constructor(log = new LogStore(), most = MOST_EVENTS) {
    this.log = log;
    this.#most = most;
  }

  /** How many events have come. */
  get length(): number {
    return this.#seqs.length;
  }

  /** The first event that can be gone to; 0 for none. */
  get firstSeq(): number {
    return this.length === 0 ? 0 : this.#seqs.at(this.#seqs.first);
  }

  /** The last event that it has; 0 for none. */
  get lastSeq(): number {
    return this.#seqs.last ?? 0;
  }

  /** When the first event of all came. */
  get startTime(): number {
    return this.#startTime;
  }

  /** When the first event came that can be gone to. */
  get firstTime(): number {
    return this.length === 0 ? 0 : this.#times.at(this.#times.first);
  }

  get lastTime(): number {
    return this.#times.last ?? 0;
  }

  apply(event: FeedEvent): void {
    if (event.seq <= this.lastSeq) return;
    for (const gap of this.#untold) this.#note(event, gapNotice(gap));
    if (this.#untold.length > 0) this.#untold = [];
    this.#hold(event.seq, timeOf(event.at));
    this.#fileSafely(event);
  }

  /** Events that were pruned, both ends included: told in the log before the next event. */
  addGap(gap: Gap): void {
    this.gaps.push(gap);
    this.#untold.push(gap);
  }

  /** The last event at or before a time; the first one for a time before all. */
  seqAtTime(time: number): number {
    const index = this.#times.countUpTo(time) - 1;
    return index < this.#seqs.first ? this.firstSeq : this.#seqs.at(index);
  }

  /** When an event came; for one that is not held, when the one before it did. */
  timeOfSeq(seq: number): number {
    const index = this.#seqs.countUpTo(seq) - 1;
    return index < this.#times.first ? this.firstTime : this.#times.at(index);
  }

  /** When the first event behind a time came; null if there is none. */
  nextTimeAfter(time: number): number | null {
    const index = this.#times.countUpTo(time);
    return index < this.length ? this.#times.at(index) : null;
  }

  #hold(seq: number, time: number): void {
    if (this.length === 0) this.#startTime = time;
    this.#seqs.push(seq);
    this.#times.push(time);
    this.#seqs.keepLast(this.#most);
    this.#times.keepLast(this.#most);
  }

  /** What cannot be read of one event is told at its place; all others go on. */
  #fileSafely(event: FeedEvent): void {
    try {
      this.#file(event);
    } catch {
      this.#note(event, unreadNotice(event));
    }
  }

  #file(event: FeedEvent): void {
    if (event.kind === "log") this.log.appendLog(event);
    else if (event.kind === "output") this.log.appendOutput(event);
    else if (event.kind === "metric") this.metrics.append(event);
    else if (event.kind === "progress") this.progress.append(event);
    else this.#fileJournal(event);
  }

  #fileJournal(event: FeedEvent): void {
    if (event.kind === "execution.superseded") this.#supersede(event);
    this.journal.take(event);
    const notice = noticeOf(event);
    if (notice !== null) this.#note(event, notice);
  }

  #supersede(event: FeedEvent): void {
    this.log.endStreams();
    const from = numberOrNull(event.data["from"]);
    const to = numberOrNull(event.data["to"]);
    const attempt = numberOrNull(event.data["attempt"]) ?? event.attempt;
    if (from !== null && to !== null) this.superseded.add({ seq: event.seq, attempt, from, to });
  }

  #note(event: FeedEvent, notice: ReturnType<typeof gapNotice>): void {
    this.log.appendNotice(event, notice.level, notice.text);
  }
}
