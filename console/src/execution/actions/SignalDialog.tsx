// Sends a signal: something that the handler waits for by name, or will.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

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
  const [key] = useState(() => crypto.randomUUID());
  const read = readJson(data);
  const sending = useMutation({
    mutationFn: () =>
      runcast.api.sendSignal({
        path: { execution_id: executionId, name },
        body: { data: read.value },
        headers: { "Idempotency-Key": key },
      }),
    onSuccess: () => {
      toast("Sent");
      onClose();
    },
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (read.error === undefined && name !== "") sending.mutate();
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
          error={read.error}
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

interface ReadJson {
  readonly value?: unknown;
  readonly error?: string;
}

function readJson(text: string): ReadJson {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { error: 'This is no JSON. Text stands in quotes: "like this".' };
  }
}
