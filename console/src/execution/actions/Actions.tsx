// What can be done with an execution: cancel it while it goes on, resume or run it again once it has ended,
// share it.
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Execution } from "runcast";

import { useKeyedMutation } from "../../keyed_mutation.ts";
import { Button, IconButton } from "../../ui/Button.tsx";
import { PlayIcon, RefreshIcon, ShareIcon, StopIcon } from "../../ui/icons.tsx";
import { compact } from "../../search.ts";
import { Problem } from "../../ui/Problem.tsx";
import { useAccess } from "../access.ts";
import { SignalIcon } from "../log/icons.tsx";
import { useShown } from "../live/useModel.ts";
import { isFinal } from "../record/journal.ts";
import { useRights } from "../rights.ts";
import { useGone } from "../status/useGone.ts";
import styles from "./Actions.module.css";

const CancelDialog = lazy(async () => ({
  default: (await import("./CancelDialog.tsx")).CancelDialog,
}));
const ShareDialog = lazy(async () => ({
  default: (await import("./ShareDialog.tsx")).ShareDialog,
}));
const SignalDialog = lazy(async () => ({
  default: (await import("./SignalDialog.tsx")).SignalDialog,
}));

type Open = "cancel" | "share" | "signal" | null;

export function Actions({ execution }: { execution: Execution }) {
  const may = useRights();
  const [open, setOpen] = useState<Open>(null);
  const state = useShown((model) =>
    // What has ended stays so, however much of its log is still to come.
    isFinal(execution.state)
      ? execution.state
      : (model.journal.stateAt(Infinity)?.state ?? execution.state),
  );
  const isOver = isFinal(state);
  const isUnfinished = isOver && state !== "succeeded";
  const isCancelling = useShown((model) => model.journal.isCancelRequestedAt(Infinity));
  const close = () => setOpen(null);
  const runAnew = useRunAnew(execution);
  const retrying = useRetry();
  const isGone = useGone() !== null;
  if (isGone) return null;
  return (
    <>
      {may.start && isUnfinished && (
        <Button icon={RefreshIcon} isPending={retrying.isPending} onPress={() => retrying.mutate()}>
          Resume
        </Button>
      )}
      {may.start && isOver && (
        <Button icon={PlayIcon} onPress={runAnew}>
          Run again
        </Button>
      )}
      {may.act && !isOver && (
        <Button icon={StopIcon} isDisabled={isCancelling} onPress={() => setOpen("cancel")}>
          {isCancelling ? "Is being cancelled" : "Cancel"}
        </Button>
      )}
      {may.publish && (
        <Button icon={ShareIcon} onPress={() => setOpen("share")}>
          Share
        </Button>
      )}
      {may.act && !isOver && (
        <IconButton
          label="Send a signal"
          tone="plain"
          icon={SignalIcon}
          onPress={() => setOpen("signal")}
        />
      )}
      {retrying.isError && (
        <div className={styles["refused"]}>
          <Problem error={retrying.error} onRetry={() => retrying.mutate()} />
        </div>
      )}
      <Suspense>
        {open === "cancel" && <CancelDialog onClose={close} />}
        {open === "share" && <ShareDialog onClose={close} />}
        {open === "signal" && <SignalDialog onClose={close} />}
      </Suspense>
    </>
  );
}

/** To the form that starts its handler, filled with what this one was given. */
function useRunAnew({ id, handler, team_id: team }: Execution) {
  const navigate = useNavigate();
  return () =>
    void navigate({
      to: "/handlers/$handler",
      params: { handler },
      search: compact({ from: id, team: team ?? undefined }),
    });
}

function useRetry() {
  const { executionId, runcast } = useAccess();
  const navigate = useNavigate();
  return useKeyedMutation<Execution>({
    send: (_, headers) =>
      runcast.api.retryExecution({ path: { execution_id: executionId }, headers }),
    onSuccess: ({ id }) =>
      navigate({ to: "/executions/$executionId", params: { executionId: id } }),
  });
}
