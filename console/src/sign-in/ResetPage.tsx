// A forgotten password: asking for the letter, and the new password with the code that came by it.
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { forgetCode, keptCode } from "../fragments.ts";
import { codeOf } from "../problem.ts";
import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { Note } from "../ui/Note.tsx";
import { toast } from "../ui/toast.ts";
import { Door } from "./Door.tsx";
import { EmailField } from "./EmailField.tsx";
import { LetterSent } from "./LetterSent.tsx";
import { NewPasswordField } from "./NewPasswordField.tsx";
import { useOptions } from "./useOptions.ts";

export function ResetPage() {
  const [code, setCode] = useState(keptCode("reset"));
  const askAgain = () => {
    forgetCode("reset");
    setCode("");
  };
  const { sendsLetters } = useOptions(false);
  if (code !== "") return <NewPassword code={code} onAskAgain={askAgain} />;
  return sendsLetters ? <AskForLetter /> : <NoLetters />;
}

function NoLetters() {
  return (
    <Door title="Choose a new password" foot={<Link to="/sign-in">Back to the sign-in</Link>}>
      <Note tone="info" title="This server sends no letters">
        Ask an administrator to set a new password for you. Where the server runs, that is
        <code> runcast users password</code> with your address.
      </Note>
    </Door>
  );
}

function AskForLetter() {
  const asking = useMutation({
    mutationFn: ({ email = "" }: Record<string, string>) => api.askForReset({ body: { email } }),
  });
  if (asking.isSuccess) {
    return (
      <LetterSent title="Look into your mail">
        If that address has an account, a letter is on its way. Its link is good for an hour.
      </LetterSent>
    );
  }
  return (
    <Door
      title="Choose a new password"
      description="A letter with a link goes to your address."
      foot={<Link to="/sign-in">Back to the sign-in</Link>}
    >
      <Form
        label="Ask for a letter"
        onSubmit={asking.mutate}
        problem={asking.error}
        actions={
          <Button type="submit" tone="primary" isPending={asking.isPending}>
            Send the letter
          </Button>
        }
      >
        <EmailField />
      </Form>
    </Door>
  );
}

function NewPassword({ code, onAskAgain }: { code: string; onAskAgain: () => void }) {
  const navigate = useNavigate();
  const setting = useMutation({
    mutationFn: ({ password = "" }: Record<string, string>) =>
      api.confirmReset({ body: { code, password } }),
    onSuccess: () => {
      forgetCode("reset");
      toast("Your password is changed. Sign in with it.");
      void navigate({ to: "/sign-in" });
    },
  });
  return (
    <Door
      title="Choose a new password"
      description="You will be signed out everywhere, and your API keys and share links end."
      foot={<Link to="/sign-in">Back to the sign-in</Link>}
    >
      <Form
        label="New password"
        onSubmit={setting.mutate}
        problem={setting.error}
        actions={
          codeOf(setting.error) === "code_refused" ? (
            <Button onPress={onAskAgain}>Ask for another letter</Button>
          ) : (
            <Button type="submit" tone="primary" isPending={setting.isPending}>
              Set the password
            </Button>
          )
        }
      >
        <NewPasswordField label="New password" />
      </Form>
    </Door>
  );
}
