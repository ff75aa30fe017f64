// A dialog that gives a thing its name: its first, or another one.
import { useMutation } from "@tanstack/react-query";

import { Button } from "./Button.tsx";
import { Dialog, DialogActions } from "./Dialog.tsx";
import { Form } from "./Form.tsx";
import { TextField } from "./TextField.tsx";

const MAX_LENGTH = 200;

export interface NameDialogProps {
  title: string;
  /** What the thing is called now. */
  name?: string;
  /** The verb on the button, if it does more than to save a name. */
  confirm?: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** The dialog stays open with the problem if it fails, and closes if it does not. */
  onName: (name: string) => Promise<unknown>;
}

export function NameDialog(props: NameDialogProps) {
  const { title, name = "", confirm = "Save", isOpen, onOpenChange, onName } = props;
  const naming = useMutation({
    mutationFn: (fields: Record<string, string>) => onName(fields["name"] ?? ""),
    onSuccess: () => close(),
  });
  const close = () => {
    naming.reset();
    onOpenChange(false);
  };
  return (
    <Dialog title={title} isOpen={isOpen} onOpenChange={close}>
      <Form label={title} onSubmit={naming.mutate} problem={naming.error}>
        <TextField
          name="name"
          label="Name"
          defaultValue={name}
          maxLength={MAX_LENGTH}
          autoFocus
          isRequired
        />
        <DialogActions>
          <Button onPress={close}>Cancel</Button>
          <Button type="submit" tone="primary" isPending={naming.isPending}>
            {confirm}
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  );
}
