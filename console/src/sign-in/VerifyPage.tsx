// Verifying one's address with the code of a letter. The code alone is not enough: one is signed in, or
// gives the password as well.
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import { forgetCode, keptCode } from "../fragments.ts";
import { api, runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { Note } from "../ui/Note.tsx";
import { toast } from "../ui/toast.ts";
import { useUser } from "../useUser.ts";
import { Door } from "./Door.tsx";
import { PasswordField } from "./PasswordField.tsx";

export function VerifyPage() {
  const code = keptCode("verify");
  const user = useUser();
  const navigate = useNavigate();
  const verifying = useMutation({
    mutationFn: ({ password = "" }: Record<string, string>) =>
      api.confirmVerification({ body: { code, password: password || null } }),
    onSuccess: async () => {
      forgetCode("verify");
      if (user !== null) await runcast.auth.reloadUser();
      toast("Your address is verified.");
      void navigate({ to: "/" });
    },
  });
  if (code === "") return <NoCode />;
  return (
    <Door title="Verify your address" foot={<Link to="/">Go to the start page</Link>}>
      <Form
        label="Verify your address"
        onSubmit={verifying.mutate}
        problem={verifying.error}
        actions={
          <Button type="submit" tone="primary" isPending={verifying.isPending}>
            Verify
          </Button>
        }
      >
        {user === null ? (
          <PasswordField description="Of the account that the letter is about." />
        ) : (
          <p>{`You are signed in as ${user.email}.`}</p>
        )}
      </Form>
    </Door>
  );
}

function NoCode() {
  return (
    <Door title="Verify your address" foot={<Link to="/">Go to the start page</Link>}>
      <Note tone="warning" title="The link is not whole">
        Open the link from the letter again. You may ask for another letter under Account.
      </Note>
    </Door>
  );
}
