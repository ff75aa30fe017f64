// Dialogs: a titled one for anything, and one that asks before something is done.
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

import { Button, IconButton } from "./Button.tsx";
import styles from "./Dialog.module.css";
import { CloseIcon } from "./icons.tsx";
import { Problem } from "./Problem.tsx";

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
  /** The buttons at its foot. A form inside may bring its own instead. */
  actions?: ReactNode;
  wide?: boolean;
  /** A click beside it and Escape do not close it: for what is shown once. */
  isSticky?: boolean;
  role?: "dialog" | "alertdialog";
}

export function Dialog(props: DialogProps) {
  const { title, isOpen, onOpenChange, children, actions, wide, isSticky = false, role } = props;
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable={!isSticky}
      isKeyboardDismissDisabled={isSticky}
      className={styles["backdrop"] ?? ""}
    >
      <Modal className={styles["modal"] ?? ""} data-wide={wide}>
        <AriaDialog role={role ?? "dialog"} className={styles["dialog"] ?? ""}>
          <header className={styles["head"]}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {!isSticky && (
              <IconButton
                label="Close"
                icon={CloseIcon}
                small
                onPress={() => onOpenChange(false)}
              />
            )}
          </header>
          <div className={styles["body"]}>{children}</div>
          {actions !== undefined && <footer className={styles["actions"]}>{actions}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
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
