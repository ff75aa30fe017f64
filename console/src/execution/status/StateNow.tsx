// The state as of the moment that is shown, from the log; until that tells one, from the server's answer.
import type { Execution } from "runcast";

import { StateBadge } from "../../ui/Badge.tsx";
import { useShown } from "../live/useModel.ts";

export function StateNow({ execution }: { execution: Execution }) {
  const state = useShown((model) => {
    const isBehind = model.replay === null && model.live.behind > 0;
    return isBehind
      ? execution.state
      : (model.journal.stateAt(model.asOf)?.state ?? execution.state);
  });
  const asks = useShown((model) => model.journal.openQuestionsAt(model.asOf).length > 0);
  return <StateBadge state={state} asks={asks} />;
}
