// Asks before an execution is cancelled.
import { ConfirmDialog } from "../../ui/Dialog.tsx";
import { useAccess } from "../access.ts";

export function CancelDialog({ onClose }: { onClose: () => void }) {
  const { executionId, runcast } = useAccess();
  return (
    <ConfirmDialog
      title="Cancel this execution?"
      confirm="Cancel the execution"
      isOpen
      onOpenChange={onClose}
      onConfirm={() => runcast.api.cancelExecution({ path: { execution_id: executionId } })}
    >
      What it has done so far stays. What it has started is cancelled as well. It can be resumed as
      another execution, which does no finished step again.
    </ConfirmDialog>
  );
}
