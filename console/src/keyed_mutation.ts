// Requests that count once, however often they are sent: whose answer was lost is sent again under the key
// that it had, so that the server knows it again (Idempotency-Key).
import {
  useMutation,
  type UseMutationOptions,
  type UseMutationResult,
} from "@tanstack/react-query";
import { commandId } from "runcast";
import { useState } from "react";

export type KeyHeaders = Readonly<Record<"Idempotency-Key", string>>;

type Options<Answer, Wanted> = Omit<UseMutationOptions<Answer, Error, Wanted>, "mutationFn"> & {
  /** Sends what is wanted with these headers. */
  send: (wanted: Wanted, headers: KeyHeaders) => Promise<Answer>;
};

/** A mutation under a key that stays the same until it has succeeded, or something else is wanted. */
export function useKeyedMutation<Answer, Wanted = void>({
  send,
  ...options
}: Options<Answer, Wanted>): UseMutationResult<Answer, Error, Wanted> {
  const [keys] = useState(() => new RequestKeys());
  return useMutation({
    ...options,
    mutationFn: async (wanted) => {
      const answer = await send(wanted, { "Idempotency-Key": keys.keyOf(wanted) });
      keys.settle();
      return answer;
    },
  });
}

/** The key of what was last asked for, until that is settled. A key with other content is refused. */
class RequestKeys {
  #content: string | undefined;
  #key = "";

  keyOf(wanted: unknown): string {
    const content = JSON.stringify([wanted]);
    if (content !== this.#content) this.#key = commandId();
    this.#content = content;
    return this.#key;
  }

  settle(): void {
    this.#content = undefined;
  }
}
