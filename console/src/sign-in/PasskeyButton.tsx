// Signing in with a passkey alone: no address, no password.
import { useMutation } from "@tanstack/react-query";
import { hasPasskeys } from "runcast";

import { runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { PasskeyIcon } from "../ui/icons.tsx";
import { Problem } from "../ui/Problem.tsx";

export function PasskeyButton() {
  const signing = useMutation({ mutationFn: () => runcast.auth.loginWithPasskey() });
  if (!hasPasskeys()) return null;
  return (
    <>
      <Button icon={PasskeyIcon} isPending={signing.isPending} onPress={() => signing.mutate()}>
        Sign in with a passkey
      </Button>
      {signing.error && <Problem error={signing.error} />}
    </>
  );
}
