// How an execution is started, and what its input begins with.
import type { Execution } from "runcast";

import type { KeyHeaders } from "../keyed_mutation.ts";
import { api } from "../runcast.ts";
import { isTooMuch } from "./schema_form/extent.ts";
import { fieldOf, type Schema } from "./schema_form/field.ts";
import { completed } from "./schema_form/initial.ts";

export interface Wanted {
  readonly handler: string;
  readonly item?: string | undefined;
  readonly input: unknown;
  readonly team?: string | undefined;
  /** RFC 3339; at once, if undefined. */
  readonly runAt?: string | undefined;
  readonly priority?: number | undefined;
}

export async function start(
  { handler, item, team, ...wanted }: Wanted,
  headers: KeyHeaders,
): Promise<Execution> {
  const body = bodyOf(wanted);
  if (item !== undefined) return api.startItem({ path: { item_id: item }, body, headers });
  const belongs = team === undefined ? {} : { team_id: team };
  return api.startHandler({ body: { handler, ...body, ...belongs }, headers });
}

function bodyOf({ input, runAt, priority }: Pick<Wanted, "input" | "runAt" | "priority">) {
  return {
    ...(input !== undefined && { input }),
    ...(runAt !== undefined && { run_at: runAt }),
    ...(priority !== undefined && { priority }),
  };
}

/** What the item says, completed by what the schema proposes; a handler that takes anything begins with `{}`. */
export function firstInput(schema: Schema, own?: unknown): unknown {
  const field = fieldOf(schema);
  // What is too much for a form is left as it is, and checked by the server alone.
  return (isTooMuch(field, own) ? own : completed(field, own)) ?? {};
}
