// Asks who sits there to prove it, by whichever way the account has, so that a refused request may go on.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { askPasskey, hasPasskeys } from "runcast";

import { proof } from "../proof.ts";
import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { Note } from "../ui/Note.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Select } from "../ui/Select.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { CodeField } from "./CodeField.tsx";
import { PasswordField } from "./PasswordField.tsx";
import { signOut } from "./signOut.ts";

const WAYS = {
  password: "Password",
  otp: "Authenticator app",
  passkey: "Passkey",
  recovery_code: "Recovery code",
} as const;

type Way = keyof typeof WAYS;

function settle(isProved: boolean): void {
  proof.getState().settle?.(isProved);
}

export function ProofDialog() {
  const factors = useQuery({
    queryKey: ["factors"],
    queryFn: ({ signal }) => api.getFactors({ signal }),
    staleTime: 0,
  });
  return (
    <Dialog title="Prove that it is you" isOpen onOpenChange={() => settle(false)}>
      <p>What you asked for can lock somebody out. It was a while ago that you signed in.</p>
      {factors.data === undefined ? <Skeleton lines={2} /> : <Proofs ways={waysOf(factors.data)} />}
      {factors.error && <Problem error={factors.error} />}
    </Dialog>
  );
}

function Proofs({ ways }: { ways: readonly Way[] }) {
  const [way, setWay] = useState(ways[0]);
  const proving = useMutation({ mutationFn: prove, onSuccess: () => settle(true) });
  if (way === undefined) return <OnlyProviders />;
  return (
    <Form
      label="Proof"
      problem={proving.error}
      onSubmit={(fields) =>
        proving.mutate({ way, shown: fields["code"] ?? fields["password"] ?? "" })
      }
    >
      {ways.length > 1 && (
        <Select
          label="By"
          choices={ways.map((id) => ({ id, label: WAYS[id] }))}
          value={way}
          onChange={(chosen) => setWay(ways.find((one) => one === chosen))}
        />
      )}
      <Shown way={way} />
      <DialogActions>
        <Button onPress={() => settle(false)}>Cancel</Button>
        <Button type="submit" tone="primary" isPending={proving.isPending}>
          Go on
        </Button>
      </DialogActions>
    </Form>
  );
}

function Shown({ way }: { way: Way }) {
  if (way === "passkey") return null;
  if (way !== "password") return <CodeField key={way} isRecovery={way === "recovery_code"} />;
  return <PasswordField autoFocus />;
}

function OnlyProviders() {
  return (
    <Note
      tone="info"
      title="Sign in again"
      actions={<Button onPress={() => void signOut()}>Sign out</Button>}
    >
      You sign in with a provider alone. Sign out, and in again with it, then do this within ten
      minutes.
    </Note>
  );
}

interface Factors {
  has_password: boolean;
  totp_confirmed_at: string | null;
  recovery_codes: number;
  passkeys: readonly unknown[];
}

function waysOf(factors: Factors): Way[] {
  const has: Record<Way, boolean> = {
    password: factors.has_password,
    otp: factors.totp_confirmed_at !== null,
    passkey: factors.passkeys.length > 0 && hasPasskeys(),
    recovery_code: factors.recovery_codes > 0,
  };
  return (Object.keys(WAYS) as Way[]).filter((way) => has[way]);
}

async function prove({ way, shown }: { way: Way; shown: string }): Promise<void> {
  if (way !== "passkey") {
    await api.proveAgain({ body: { [way]: shown } });
    return;
  }
  const { code, options } = await api.createPasskeyChallenge();
  const passkey = JSON.stringify(await askPasskey(options));
  await api.proveAgain({ body: { code, passkey } });
}
