// The second step of a sign-in: a code of the app, a passkey or a recovery code, whichever one has.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import {
  askPasskey,
  hasPasskeys,
  type SecondFactor as Factor,
  type SecondFactorRequired,
} from "runcast";

import { codeOf } from "../problem.ts";
import { runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { PasskeyIcon } from "../ui/icons.tsx";
import { Problem } from "../ui/Problem.tsx";
import { CodeField } from "./CodeField.tsx";
import { Door, Or, Ways } from "./Door.tsx";

export interface SecondFactorProps {
  asked: SecondFactorRequired;
  onStartAgain: () => void;
}

export function SecondFactor({ asked, onStartAgain }: SecondFactorProps) {
  const takesApp = asked.methods.includes("otp");
  const takesRecovery = asked.methods.includes("recovery");
  const takesPasskey = asked.passkey !== null && hasPasskeys();
  const [isRecovering, setRecovering] = useState(!takesApp && !takesPasskey);
  const showing = useMutation({ mutationFn: (shown: Shown) => finish(asked, shown) });
  const isOver = codeOf(showing.error) === "invalid_grant";
  return (
    <Door
      title="Show that it is you"
      description="Your password was right. This account asks for a second factor as well."
      foot={
        <Button tone="quiet" small onPress={onStartAgain}>
          Start again
        </Button>
      }
    >
      {(isRecovering || takesApp) && (
        <Form
          label="Second factor"
          onSubmit={({ code = "" }) =>
            showing.mutate(isRecovering ? { recoveryCode: code } : { otp: code })
          }
          actions={
            <Button type="submit" tone="primary" isPending={showing.isPending} isDisabled={isOver}>
              Sign in
            </Button>
          }
        >
          <CodeField key={String(isRecovering)} isRecovery={isRecovering} />
        </Form>
      )}
      {showing.error && <Problem error={showing.error} />}
      {takesPasskey && !isRecovering && (
        <>
          {takesApp && <Or />}
          <Ways>
            <Button icon={PasskeyIcon} onPress={() => showing.mutate("passkey")}>
              Use a passkey
            </Button>
          </Ways>
        </>
      )}
      {takesRecovery && (takesApp || takesPasskey) && (
        <Button tone="quiet" onPress={() => setRecovering(!isRecovering)}>
          {isRecovering ? "Use the other ways" : "Use a recovery code"}
        </Button>
      )}
    </Door>
  );
}

type Shown = Factor | "passkey";

async function finish(asked: SecondFactorRequired, shown: Shown): Promise<void> {
  const factor = shown === "passkey" ? { passkey: await askPasskey(asked.passkey ?? {}) } : shown;
  await runcast.auth.finishLogin(asked.token, factor);
}
