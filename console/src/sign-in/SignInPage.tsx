// Signing in: by password and, where one is asked for, a second factor; by passkey; by a provider.
import { Link, useLocation, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { SecondFactorRequired } from "runcast";
import { useStore } from "zustand";

import { errorIn, keptCode } from "../fragments.ts";
import { runcast } from "../runcast.ts";
import { Code } from "../ui/Code.tsx";
import { Note } from "../ui/Note.tsx";
import { Door, Or, Ways } from "./Door.tsx";
import { PasskeyButton } from "./PasskeyButton.tsx";
import { PasswordForm } from "./PasswordForm.tsx";
import { providerRefusal } from "./providerRefusal.ts";
import { Providers } from "./Providers.tsx";
import { SecondFactor } from "./SecondFactor.tsx";
import { SetupNote } from "./SetupNote.tsx";
import { useInvitation } from "./useInvitation.ts";
import { useOptions } from "./useOptions.ts";

export function SignInPage() {
  const [asked, setAsked] = useState<SecondFactorRequired>();
  if (asked !== undefined) {
    return <SecondFactor asked={asked} onStartAgain={() => setAsked(undefined)} />;
  }
  return <FirstStep onSecondFactor={setAsked} />;
}

function FirstStep({ onSecondFactor }: { onSecondFactor: (asked: SecondFactorRequired) => void }) {
  const { next } = useSearch({ from: "/sign-in" });
  const search = next === undefined ? {} : { next };
  const hasExpired = useStore(runcast.auth, ({ reason }) => reason === "expired");
  const refusal = errorIn(useLocation({ select: (location) => location.hash }));
  const hasSetupToken = keptCode("setup") !== "";
  const { code, invitation } = useInvitation();
  const { canRegister, sendsLetters, takesSetupToken } = useOptions(code !== "");
  return (
    <Door
      title="Sign in to Runcast"
      foot={
        <>
          {(canRegister || hasSetupToken) && (
            <Link to="/register" search={search}>
              Create an account
            </Link>
          )}
          {sendsLetters ? (
            <Link to="/reset">Forgot your password?</Link>
          ) : (
            <span>
              Forgot your password? Ask an administrator to set a new one: on the server’s machine,{" "}
              <Code>runcast users password</Code> does.
            </span>
          )}
        </>
      }
    >
      {refusal !== undefined && <Note tone="danger" role="alert" {...providerRefusal(refusal)} />}
      {hasExpired && (
        <Note tone="info" role="status" title="Your session has ended">
          Sign in again to go on where you were.
        </Note>
      )}
      {takesSetupToken && !hasSetupToken && <SetupNote />}
      <PasswordForm
        key={invitation?.email}
        email={invitation?.email}
        onSecondFactor={onSecondFactor}
      />
      <Or />
      <Ways>
        <PasskeyButton />
        <Providers next={next} />
      </Ways>
    </Door>
  );
}
