// One account, for administrators: what it may, whether it may sign in, and where it is signed in.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Account, Session } from "runcast";
import { useState } from "react";

import { SessionsTable } from "../account/SessionsTable.tsx";
import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { useOptions } from "../sign-in/useOptions.ts";
import { Button, LinkButton } from "../ui/Button.tsx";
import { CopyField } from "../ui/Code.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { Facts } from "../ui/Facts.tsx";
import { Crumb, Page, Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { toast } from "../ui/toast.ts";
import { AccountBadges, isOfMachine } from "./AccountBadges.tsx";
import { ACCOUNT_CHANGES, type AccountChange } from "./account_changes.ts";
import { userQuery } from "./queries.ts";

export function UserPage() {
  const { userId } = useParams({ from: "/shell/signed-in/admin/users/$userId" });
  const user = useQuery(userQuery(userId));
  return (
    <Page
      title={user.data?.email ?? "Account"}
      description={user.data?.name}
      breadcrumb={<Crumb to="/admin/users">People</Crumb>}
      actions={user.data && <Changes account={user.data} />}
      width="narrow"
    >
      {user.error && <Problem error={user.error} onRetry={() => void user.refetch()} />}
      {user.isPending && <Skeleton lines={2} shape="block" />}
      {user.data && (
        <>
          <AccountFacts account={user.data} />
          {!isOfMachine(user.data) && <ForgottenPassword email={user.data.email} />}
          <SessionsSection userId={userId} />
        </>
      )}
    </Page>
  );
}

function AccountFacts({ account }: { account: Account }) {
  return (
    <Section
      title="Account"
      actions={
        <LinkButton to="/admin/audit" search={{ subject: `user ${account.id}` }} small>
          In the audit log
        </LinkButton>
      }
    >
      <AccountBadges account={account} />
      <Facts
        facts={[
          ["Id", <code key="id">{account.id}</code>],
          ["Made", <RelativeTime key="made" at={account.created_at} />],
          ["Address verified", momentOrNever(account.email_verified_at)],
          ["Disabled", momentOrNever(account.disabled_at)],
        ]}
      />
    </Section>
  );
}

function ForgottenPassword({ email }: { email: string }) {
  const { sendsLetters } = useOptions(false);
  return (
    <Section
      title="Forgotten password"
      description={
        sendsLetters
          ? "The sign-in page sends them a letter. Without it, somebody at the server's machine sets a new one."
          : "Somebody at the server's machine sets a new one."
      }
    >
      <CopyField label="Command" value={`runcast users password ${shellWord(email)}`} />
      <p>It asks for the new password, and ends their sessions, API keys and share links.</p>
    </Section>
  );
}

function shellWord(word: string): string {
  return /^[\w@.+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function momentOrNever(at: string | null) {
  return at === null ? "Never" : <RelativeTime at={at} />;
}

function Changes({ account }: { account: Account }) {
  const fetched = useQueryClient();
  const [asked, setAsked] = useState<AccountChange>();
  const change = async () => {
    if (asked === undefined) return;
    await api.changeUser({ path: { user_id: account.id }, body: asked.body });
    await fetched.invalidateQueries({ queryKey: ["users"] });
    toast(asked.done);
  };
  return (
    <>
      {ACCOUNT_CHANGES.filter(({ fits }) => fits(account)).map((one) => (
        <Button key={one.label} onPress={() => setAsked(one)}>
          {one.label}
        </Button>
      ))}
      <ConfirmDialog
        title={asked?.title ?? ""}
        confirm={asked?.label ?? ""}
        tone={asked?.tone ?? "primary"}
        isOpen={asked !== undefined}
        onOpenChange={() => setAsked(undefined)}
        onConfirm={change}
      >
        {asked?.text}
      </ConfirmDialog>
    </>
  );
}

function SessionsSection({ userId }: { userId: string }) {
  const fetched = useQueryClient();
  const key = ["users", "sessions", userId];
  const sessions = usePages(key, (query, signal) =>
    api.listSessionsOfUser({ path: { user_id: userId }, query, signal }),
  );
  const [isOpen, setOpen] = useState(false);
  const refresh = () => fetched.invalidateQueries({ queryKey: key });
  const ending = useMutation({
    mutationFn: ({ id }: Session) =>
      api.endSessionOfUser({ path: { user_id: userId, session_id: id } }),
    onSuccess: refresh,
  });
  const endAll = async () => {
    await api.endSessionsOfUser({ path: { user_id: userId } });
    await refresh();
    toast("They are signed out everywhere");
  };
  return (
    <Section
      title="Sessions"
      actions={<Button onPress={() => setOpen(true)}>End all</Button>}
      flush
    >
      {ending.error && <Problem error={ending.error} />}
      <SessionsTable query={sessions} onEnd={ending.mutate} />
      <ConfirmDialog
        title="End all sessions"
        confirm="End them all"
        isOpen={isOpen}
        onOpenChange={setOpen}
        onConfirm={endAll}
      >
        They are signed out everywhere and may sign in again. API keys go on working.
      </ConfirmDialog>
    </Section>
  );
}
