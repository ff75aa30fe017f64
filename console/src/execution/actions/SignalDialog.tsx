// Sends a signal: something that the handler waits for by name, or will.
import { type FormEvent, useState } from "react";

import { readJson } from "../../json/read.ts";
import { useKeyedMutation } from "../../keyed_mutation.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog, DialogActions } from "../../ui/Dialog.tsx";
import { holdStill } from "../../ui/hold_still.ts";
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
  const read = readJson(data);
  const sending = useKeyedMutation({
    send: (signal: { name: string; data: unknown }, headers) =>
      runcast.api.sendSignal({
        path: { execution_id: executionId, name: signal.name },
        body: { data: signal.data },
        headers,
      }),
    onSuccess: () => {
      toast("Sent");
      onClose();
    },
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if ("value" in read && name !== "") sending.mutate({ name, data: read.value });
  };
  return (
    <Dialog title="Send a signal" isOpen onOpenChange={onClose}>
      <form className={styles["signal"]} onPointerDownCapture={holdStill} onSubmit={onSubmit}>
        <p>
          A signal hands the handler something that it waits for by name, or will; what nobody waits
          for yet is kept.
        </p>
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
          obstacle={"problem" in read ? read.problem.message : undefined}
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
