// Fresh proof, anywhere: a request that is refused with `proof_required` waits until the person has proved
// who they are, and is sent again. Whoever declines gets the refusal.
import type { Fetch } from "runcast";
import { createStore } from "zustand/vanilla";

interface Asked {
  /** Ends the waiting: whether it was proved. Null while nothing asks. */
  settle: ((isProved: boolean) => void) | null;
}

export const proof = createStore<Asked>(() => ({ settle: null }));

let asking: Promise<boolean> | undefined;

/** Opens the dialog, once for all who ask at the same time. */
export function askForProof(): Promise<boolean> {
  asking ??= new Promise<boolean>((resolve) => {
    proof.setState({ settle: resolve });
  }).finally(() => {
    asking = undefined;
    proof.setState({ settle: null });
  });
  return asking;
}

/** Wraps `fetch` so that what asks for a proof is asked again behind one. */
export function proving(send: Fetch, prove: () => Promise<boolean>): Fetch {
  return async (request) => {
    // A body can be read once, and this request may have to be sent twice.
    const again = request.clone();
    const answer = await send(request);
    if (!(await asksForProof(answer))) return answer;
    return (await prove()) ? send(again) : answer;
  };
}

async function asksForProof(answer: Response): Promise<boolean> {
  if (answer.status !== 403) return false;
  const problem: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  return typeof problem === "object" && problem !== null && "code" in problem
    ? problem.code === "proof_required"
    : false;
}
