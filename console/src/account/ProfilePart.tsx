// Who one is: the name, and the address with its verification and its change.
import { useMutation } from "@tanstack/react-query";
import type { User } from "runcast";
import { useState } from "react";

import { api, runcast } from "../runcast.ts";
import { useOptions } from "../sign-in/useOptions.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Form } from "../ui/Form.tsx";
import { Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { TextField } from "../ui/TextField.tsx";
import { toast } from "../ui/toast.ts";
import { useUser } from "../useUser.ts";
import styles from "./Account.module.css";
import { AddressDialog } from "./AddressDialog.tsx";

export function ProfilePart() {
  const user = useUser();
  if (user === null) return null;
  return (
    <div className={styles["parts"]}>
      <NameSection user={user} />
      <AddressSection user={user} />
      <Section title="Account">
        <Facts
          facts={[
            ["Made", <RelativeTime key="made" at={user.created_at} />],
            ["Role", user.is_admin ? "Administrator" : "Member"],
            ["Id", <code key="id">{user.id}</code>],
          ]}
        />
      </Section>
    </div>
  );
}

function NameSection({ user }: { user: User }) {
  const renaming = useMutation({
    mutationFn: ({ name = "" }: Record<string, string>) => api.changeMe({ body: { name } }),
    onSuccess: async () => {
      await runcast.auth.reloadUser();
      toast("Your name is saved");
    },
  });
  return (
    <Section title="Name" description="Others in your teams see it.">
      <Form
        label="Name"
        onSubmit={renaming.mutate}
        problem={renaming.error}
        actions={
          <Button type="submit" isPending={renaming.isPending}>
            Save
          </Button>
        }
      >
        <TextField
          name="name"
          label="Name"
          hideLabel
          defaultValue={user.name}
          autoComplete="name"
          maxLength={200}
          isRequired
        />
      </Form>
    </Section>
  );
}

function AddressSection({ user }: { user: User }) {
  const [isChanging, setChanging] = useState(false);
  const { sendsLetters } = useOptions(false);
  return (
    <Section
      title="Email address"
      description={`You sign in with it${sendsLetters ? ", and letters go there" : ""}.`}
      actions={<Button onPress={() => setChanging(true)}>Change</Button>}
    >
      <div className={styles["line"]}>
        <span>{user.email}</span>
        {user.email_verified_at === null ? (
          <Badge tone="warning">Not verified</Badge>
        ) : (
          // Without letters it is taken on somebody's word: the setup token's, or a provider's.
          <Badge tone="success">{sendsLetters ? "Verified" : "Taken as yours"}</Badge>
        )}
      </div>
      {user.email_verified_at === null && sendsLetters && <Verification />}
      <AddressDialog isOpen={isChanging} onOpenChange={setChanging} />
    </Section>
  );
}

function Verification() {
  const asking = useMutation({
    mutationFn: () => api.askForVerification(),
    onSuccess: () => toast("A letter is on its way"),
  });
  return (
    <>
      {asking.error && <Problem error={asking.error} />}
      <div>
        <Button isPending={asking.isPending} onPress={() => asking.mutate()}>
          Send me a letter to verify it
        </Button>
      </div>
    </>
  );
}
