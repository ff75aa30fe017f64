// A command of the feed sent over HTTP, for a feed that only listens. Its id is the request's
// Idempotency-Key: the server takes the two for one, whichever way a command comes again.

import { Closed } from "./connections.js";
import type { Command, CommandAnswer } from "./frames.js";
import { BROKEN, verdict } from "./policy.js";
import { refusalOf } from "./refusals.js";

/** Posts a JSON body under a key to a path below the execution. */
export type Post = (path: string, key: string, body: unknown) => Promise<Response>;

/** The frame that a socket would have answered with; throws Closed where it is to be sent again. */
export async function postCommand(command: Command, post: Post): Promise<CommandAnswer> {
  const [path, body] = requestOf(command);
  const response = await answered(post(path, command.id, body));
  if (response.ok) return { type: "ack", id: command.id, seq: await headOf(response) };
  const { closed, code, detail } = await refusalOf(response);
  if (verdict(closed.code) !== "never") throw closed;
  return { type: "error", id: command.id, code, detail };
}

function requestOf(command: Command): [string, unknown] {
  switch (command.type) {
    case "answer":
      return [`answers/${encodeURIComponent(command.question)}`, { value: command.value }];
    case "signal":
      return [`signals/${encodeURIComponent(command.name)}`, { data: command.data }];
    case "cancel":
      return ["cancel", undefined];
  }
}

async function answered(response: Promise<Response>): Promise<Response> {
  try {
    return await response;
  } catch (error) {
    throw new Closed(BROKEN, String(error));
  }
}

async function headOf(response: Response): Promise<number> {
  try {
    return ((await response.json()) as { last_seq: number }).last_seq;
  } catch (error) {
    throw new Closed(BROKEN, String(error));
  }
}
