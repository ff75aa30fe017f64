// The conformance cases, read from clients/conformance, and what one run of a case has seen.

import { readdirSync, readFileSync } from "node:fs";

import type { Transport } from "../../src/feed/connections.js";

const FOLDER = new URL("../../../conformance/", import.meta.url);

export type Frame = Record<string, unknown>;

export interface Step {
  readonly send?: Frame;
  readonly hello?: number;
  readonly events?: readonly number[];
  readonly send_text?: string;
  readonly pieces?: Frame;
  readonly expect?: Frame;
  readonly until?: number;
  readonly opened?: number;
  readonly wait?: Promise<unknown>;
  readonly tick?: number;
  readonly command?: Frame;
  readonly close?: number;
  readonly reason?: string;
  readonly drop?: boolean;
  readonly vanish?: Frame;
  readonly hang?: boolean;
  readonly refuse?: number;
  readonly retry_after?: number;
}

export interface PlannedConnection {
  readonly after: string;
  readonly token?: string | null;
  /** What it must come over, where the client chooses. */
  readonly transport?: Transport;
  readonly script: readonly Step[];
}

export interface Refresh {
  readonly expect: string;
  readonly access?: string;
  readonly refresh?: string;
  readonly status?: number;
  readonly error?: string;
}

export interface Case {
  readonly name: string;
  readonly after?: number | "latest";
  readonly transports?: readonly Transport[];
  readonly credential?: { static: string } | { access: string; refresh: string } | null;
  readonly refreshes?: readonly Refresh[];
  readonly gaps?: "accept";
  readonly connections: readonly PlannedConnection[];
  readonly expected: Record<string, unknown>;
}

/** Every case, once for each transport that it is run over. */
export function loadCases(): { title: string; transport: Transport; plan: Case }[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .toSorted()
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Case[])
    .flatMap((plan) =>
      (plan.transports ?? ["websocket"]).map((transport) => ({
        title: `${transport}: ${plan.name}`,
        transport,
        plan,
      })),
    );
}

/** The frame that a step sends, null for a step that sends none. */
export function frameOf(step: Step): Frame | null {
  if (step.hello !== undefined) return hello(step.hello);
  if (step.events !== undefined) return { type: "events", events: step.events.map(event) };
  return step.send ?? null;
}

/** The hello of a running execution. */
export function hello(head: number): Frame {
  const execution = { id: "e1", state: "running", handler: "h", last_seq: head };
  return { type: "hello", protocol: 1, execution, oldest: 1, head, heartbeat: 20 };
}

/** An event of the log. */
export function event(seq: number): Frame {
  const at = "2025-01-01T00:00:00.000000Z";
  return { seq, kind: "log", at, attempt: 1, step: null, data: {} };
}
