// Making an account: the first administrator's with the setup token, one of who was invited, or anybody's,
// as far as the server takes new ones.
import { Link, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { forgetCode, keptCode } from "../fragments.ts";
import { Button } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { Door } from "./Door.tsx";
import { InvitationOver, wordsOf } from "./invitation_words.tsx";
import { LetterSent } from "./LetterSent.tsx";
import { RegisterForm } from "./RegisterForm.tsx";
import { useInvitation } from "./useInvitation.ts";
import { useOptions } from "./useOptions.ts";

export function RegisterPage() {
  const [keptToken, setKeptToken] = useState(() => keptCode("setup"));
  const [hasToken, setHasToken] = useState(keptToken !== "");
  const [letter, setLetter] = useState<string>();
  const { code, invitation, isOver } = useInvitation();
  const { canRegister, takesSetupToken } = useOptions(code !== "");
  const isTokenOver = takesSetupToken === false;
  useEffect(() => {
    if (isTokenOver) forgetCode("setup");
  }, [isTokenOver]);
  if (letter !== undefined) return <LetterSent title="Look into your mail">{letter}</LetterSent>;
  const isForSetUp = keptToken !== "" || (takesSetupToken === true && !canRegister);
  const isSetUp = isForSetUp && !isTokenOver;
  const asksForToken = takesSetupToken ?? hasToken;
  return (
    <Door
      title={isSetUp ? "Set up Runcast" : "Create an account"}
      description={
        isSetUp
          ? "This makes the first administrator's account."
          : invitation && wordsOf(invitation)
      }
      foot={
        <>
          <WayToSignIn />
          {takesSetupToken === undefined && !hasToken && (
            <Button tone="quiet" small onPress={() => setHasToken(true)}>
              I have a setup token
            </Button>
          )}
        </>
      }
    >
      {isOver && <InvitationOver />}
      {keptToken !== "" && isTokenOver && <TokenOver />}
      {canRegister || asksForToken ? (
        <RegisterForm
          // What comes late is filled in all the same.
          key={invitation?.email}
          code={code}
          invitation={invitation}
          setupToken={asksForToken ? keptToken : undefined}
          needsToken={isSetUp || !canRegister}
          onTokenRefused={() => {
            forgetCode("setup");
            setKeptToken("");
          }}
          onLetter={setLetter}
        />
      ) : (
        !isOver && <NoNewAccounts />
      )}
    </Door>
  );
}

function WayToSignIn() {
  const { next } = useSearch({ from: "/register" });
  return (
    <Link to="/sign-in" search={next === undefined ? {} : { next }}>
      I have an account
    </Link>
  );
}

function TokenOver() {
  return (
    <Note tone="warning" title="The setup token is not good any more">
      This server has its administrator.
    </Note>
  );
}

function NoNewAccounts() {
  return (
    <Note tone="info" title="This server takes no new accounts">
      Ask an administrator to invite you, or to make you one.
    </Note>
  );
}
