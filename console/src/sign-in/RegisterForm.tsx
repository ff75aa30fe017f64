// The form that makes an account, and signs in with it. Who was invited to a team comes out at its page.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { InvitationPreview } from "runcast";

import { forgetCode, pastedCode } from "../fragments.ts";
import { codeOf } from "../problem.ts";
import { api, runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { TextField } from "../ui/TextField.tsx";
import { EmailField } from "./EmailField.tsx";
import { greet } from "./invitation_words.tsx";
import { NewPasswordField } from "./NewPasswordField.tsx";
import { SetupTokenField } from "./SetupTokenField.tsx";

export interface RegisterFormProps {
  /** The code of the invitation by which the account is made, if there is one. */
  code: string;
  invitation: InvitationPreview | undefined;
  /** What the field for the setup token begins with; undefined for no such field. */
  setupToken: string | undefined;
  needsToken: boolean;
  onTokenRefused: () => void;
  /** Hears what the server says where a letter has to be followed first. */
  onLetter: (detail: string) => void;
}

export function RegisterForm(props: RegisterFormProps) {
  const { code, invitation, setupToken, needsToken, onTokenRefused, onLetter } = props;
  const enter = useEntry(invitation);
  const fetched = useQueryClient();
  const registering = useMutation({
    mutationFn: async (fields: Record<string, string>) => {
      const made = await api.register({ body: newcomer(fields, code) });
      forgetCode("setup");
      forgetCode("invite");
      if ("id" in made) await enter(fields);
      else onLetter(made.detail ?? "A letter is on its way.");
    },
    onError: (error, { setup_token = "" }) => {
      const refusal = codeOf(error);
      if (refusal === "forbidden" && setup_token !== "") onTokenRefused();
      if (refusal === "code_refused") void fetched.invalidateQueries({ queryKey: ["invitation"] });
    },
  });
  return (
    <Form
      label="Create an account"
      onSubmit={registering.mutate}
      problem={registering.error}
      actions={
        <Button type="submit" tone="primary" isPending={registering.isPending}>
          Create account
        </Button>
      }
    >
      <TextField
        name="name"
        label="Name"
        description="Optional. Others in your teams see it."
        autoComplete="name"
      />
      <EmailField {...(invitation && { defaultValue: invitation.email, isReadOnly: true })} />
      <NewPasswordField />
      {setupToken !== undefined && (
        <SetupTokenField
          defaultValue={setupToken}
          description="When the server was started it printed one, with a link. It makes this account an administrator's, once."
          isRequired={needsToken}
        />
      )}
    </Form>
  );
}

function newcomer(fields: Record<string, string>, code: string) {
  const { email = "", password = "", name = "", setup_token = "" } = fields;
  return {
    email,
    password,
    name: name || null,
    setup_token: pastedCode("setup", setup_token) || null,
    invite: code || null,
  };
}

/** Signs in with an account that was just made; the page then goes on to where its address says. */
function useEntry(invitation: InvitationPreview | undefined) {
  const navigate = useNavigate();
  return async ({ email = "", password = "" }: Record<string, string>) => {
    if (invitation?.team_id != null) {
      const next = `/teams/${invitation.team_id}`;
      await navigate({ to: "/register", search: { next }, replace: true });
    }
    await runcast.auth.login({ email, password });
    if (invitation !== undefined) greet(invitation);
  };
}
