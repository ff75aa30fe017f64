// Sends a signal: something that the handler waits for by name, or will.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { commandId } from "runcast";

import { readJson } from "../../json/read.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog, DialogActions } from "../../ui/Dialog.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { TextField } from "../../ui/TextField.tsx";
import { toast } from "../../ui/toast.ts";
import { useAccess } from "../access.ts";
import styles from "./Actions.module.css";

export function SignalDialog({ onClose }: { onClose: () => void }) {
  const { executionId, runcast } = useAccess();
  const [name, setName] = useState("");
  const [data, setData] = useState("null");
  // One key for one signal: sent again after a failure, it counts once.
  const [key] = useState(() => commandId());
  const read = readJson(data);
  const sending = useMutation({
    mutationFn: () =>
      runcast.api.sendSignal({
        path: { execution_id: executionId, name },
        body: { data: "value" in read ? read.value : null },
        headers: { "Idempotency-Key": key },
      }),
    onSuccess: () => {
      toast("Sent");
      onClose();
    },
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if ("value" in read && name !== "") sending.mutate();
  };
  return (
    <Dialog title="Send a signal" isOpen onOpenChange={onClose}>
      <form className={styles["signal"]} onSubmit={onSubmit}>
        <TextField
          label="Name"
          description="As the handler receives it."
          value={name}
          onChange={setName}
          isRequired
          autoFocus
          mono
        />
        <TextArea
          label="Data"
          description="Any JSON."
          value={data}
          onChange={setData}
          error={"problem" in read ? read.problem.message : undefined}
        />
        {sending.error !== null && <Problem error={sending.error} />}
        <DialogActions>
          <Button onPress={onClose}>Close</Button>
          <Button type="submit" tone="primary" isPending={sending.isPending}>
            Send
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
