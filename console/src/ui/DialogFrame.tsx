// What a dialog is drawn by: the layer over the page, which holds the focus, and its frame.
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

import { IconButton } from "./Button.tsx";
import styles from "./Dialog.module.css";
import { CloseIcon } from "./icons.tsx";
import type { ReactNode } from "react";

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

export function DialogFrame(props: DialogProps) {
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
