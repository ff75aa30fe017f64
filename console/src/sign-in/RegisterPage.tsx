// Making an account: the first administrator's with the setup token, anybody else's as far as the server
// takes new ones.
import { useMutation } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { forgetCode, keptCode } from "../fragments.ts";
import { api, runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { TextField } from "../ui/TextField.tsx";
import { Door } from "./Door.tsx";
import { LetterSent } from "./LetterSent.tsx";
import { NewPasswordField } from "./NewPasswordField.tsx";

export function RegisterPage() {
  const { next } = useSearch({ from: "/register" });
  const [hasToken, setHasToken] = useState(keptCode("setup") !== "");
  const registering = useMutation({ mutationFn: register });
  if (registering.data !== undefined) {
    return <LetterSent title="Look into your mail">{registering.data}</LetterSent>;
  }
  return (
    <Door
      title={titleNow()}
      description={descriptionNow()}
      foot={
        <>
          <Link to="/sign-in" search={next === undefined ? {} : { next }}>
            I have an account
          </Link>
          {!hasToken && (
            <Button tone="quiet" small onPress={() => setHasToken(true)}>
              I have a setup token
            </Button>
          )}
        </>
      }
    >
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
        <TextField
          name="email"
          label="Email address"
          type="email"
          autoComplete="username"
          isRequired
        />
        <NewPasswordField />
        {hasToken && (
          <TextField
            name="setup_token"
            label="Setup token"
            description="The server printed it when it started. It makes this account an administrator's, once."
            defaultValue={keptCode("setup")}
            autoComplete="off"
            spellCheck="false"
            mono
            isRequired
          />
        )}
      </Form>
    </Door>
  );
}

function titleNow(): string {
  return keptCode("setup") === "" ? "Create an account" : "Set up Runcast";
}

function descriptionNow(): string | undefined {
  if (keptCode("setup") !== "") return "This makes the first administrator's account.";
  if (keptCode("invite") !== "")
    return "You are invited. Use the address that the invitation is for.";
  return undefined;
}

/** Returns what the server says where a letter has to be followed first; else the person is signed in. */
async function register(fields: Record<string, string>): Promise<string | undefined> {
  const { email = "", password = "", name = "", setup_token = "" } = fields;
  const invite = keptCode("invite");
  const made = await api.register({
    body: {
      email,
      password,
      name: name || null,
      setup_token: setup_token || null,
      invite: invite || null,
    },
  });
  forgetCode("setup");
  forgetCode("invite");
  if (!("id" in made)) return made.detail ?? "A letter is on its way.";
  await runcast.auth.login({ email, password });
  return undefined;
}
