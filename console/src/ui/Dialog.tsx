// Dialogs: a titled one for anything, and one that asks before something is done. What they are drawn by is
// fetched when the first of a page is opened.
import { useMutation } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";

import { Button } from "./Button.tsx";
import styles from "./Dialog.module.css";
import { Problem } from "./Problem.tsx";
import type { DialogProps } from "./DialogFrame.tsx";

const DialogFrame = lazy(async () => ({
  default: (await import("./DialogFrame.tsx")).DialogFrame,
}));

export function Dialog(props: DialogProps) {
  const [wasOpen, setWasOpen] = useState(props.isOpen);
  if (props.isOpen && !wasOpen) setWasOpen(true);
  if (!wasOpen) return null;
  return (
    <Suspense>
      <DialogFrame {...props} />
    </Suspense>
  );
}

/** The row of buttons at the foot of a form in a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles["actions"]}>{children}</div>;
}

export interface ConfirmDialogProps {
  title: string;
  /** What will happen, in a sentence. */
  children: ReactNode;
  /** The verb on the button: "End session", not "OK". */
  confirm: string;
  tone?: "primary" | "danger";
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** What is done; the dialog stays open with the problem if it fails, and closes if it does not. */
  onConfirm: () => Promise<unknown>;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirm, tone = "danger", isOpen, onOpenChange, onConfirm } = props;
  const doing = useMutation({ mutationFn: onConfirm, onSuccess: () => close() });
  const close = () => {
    doing.reset();
    onOpenChange(false);
  };
  return (
    <Dialog
      title={title}
      role="alertdialog"
      isOpen={isOpen}
      onOpenChange={close}
      actions={
        <>
          <Button onPress={close}>Keep it as it is</Button>
          <Button tone={tone} isPending={doing.isPending} onPress={() => doing.mutate()}>
            {confirm}
          </Button>
        </>
      }
    >
      <div>{children}</div>
      {doing.error && <Problem error={doing.error} />}
    </Dialog>
  );
}
