// Setting up the authenticator app: the secret, a code that proves it was taken over, the recovery codes.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api } from "../runcast.ts";
import { CodeField } from "../sign-in/CodeField.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/Code.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { Form } from "../ui/Form.tsx";
import { Problem } from "../ui/Problem.tsx";
import { QrCode } from "./QrCode.tsx";
import { factorsQuery } from "./queries.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";

export interface AppSetupProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function AppSetup({ isOpen, onOpenChange }: AppSetupProps) {
  const beginning = useMutation({ mutationFn: () => api.beginTotp() });
  const confirming = useConfirming();
  const { mutate: begin, reset: forgetSecret } = beginning;
  const { reset: forgetCodes } = confirming;
  useEffect(() => {
    if (isOpen) begin();
    return () => {
      forgetSecret();
      forgetCodes();
    };
  }, [isOpen, begin, forgetSecret, forgetCodes]);
  const close = () => onOpenChange(false);
  return (
    <Dialog
      title={confirming.data ? "Keep your recovery codes" : "Set up an authenticator app"}
      // Nothing is shown before the answer: it may be that a proof is asked for first.
      isOpen={isOpen && !beginning.isIdle && !beginning.isPending}
      onOpenChange={onOpenChange}
      isSticky={confirming.data !== undefined}
    >
      {beginning.error && <Problem error={beginning.error} onRetry={() => begin()} />}
      {confirming.data ? (
        <RecoveryCodes codes={confirming.data.recovery_codes} onDone={close} />
      ) : (
        beginning.data && (
          <Confirmation {...beginning.data} confirming={confirming} onCancel={close} />
        )
      )}
    </Dialog>
  );
}

function useConfirming() {
  const fetched = useQueryClient();
  return useMutation({
    mutationFn: ({ code = "" }: Record<string, string>) =>
      api.confirmTotp({ body: { code: code.replaceAll(" ", "") } }),
    onSuccess: () => fetched.invalidateQueries(factorsQuery),
  });
}

interface ConfirmationProps {
  secret: string;
  uri: string;
  confirming: ReturnType<typeof useConfirming>;
  onCancel: () => void;
}

function Confirmation({ secret, uri, confirming, onCancel }: ConfirmationProps) {
  return (
    <Form label="Confirm the app" onSubmit={confirming.mutate} problem={confirming.error}>
      <p>Scan this with your authenticator app, then type the code that it shows.</p>
      <QrCode label="QR code of the secret" text={uri} />
      <Disclosure summary="I cannot scan it">
        <CopyField label="Secret" value={secret} />
      </Disclosure>
      <CodeField isRecovery={false} />
      <DialogActions>
        <Button onPress={onCancel}>Cancel</Button>
        <Button type="submit" tone="primary" isPending={confirming.isPending}>
          Turn it on
        </Button>
      </DialogActions>
    </Form>
  );
}
