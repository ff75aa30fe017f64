// An invitation: what it is to and for whom. Who has an account accepts it, who has none makes one with it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { InvitationPreview, User } from "runcast";
import type { ReactNode } from "react";

import { forgetCode } from "../fragments.ts";
import { codeOf } from "../problem.ts";
import { api } from "../runcast.ts";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { Problem } from "../ui/Problem.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useUser } from "../useUser.ts";
import { Door, Ways } from "./Door.tsx";
import { greet, InvitationOver, wordsOf } from "./invitation_words.tsx";
import { signOut } from "./signOut.ts";
import { useInvitation } from "./useInvitation.ts";
import { useOptions } from "./useOptions.ts";

export function InvitationPage() {
  const { code, invitation, isOver, error, refetch } = useInvitation();
  if (isOver)
    return (
      <Outside>
        <InvitationOver />
      </Outside>
    );
  if (code === "")
    return (
      <Outside>
        <NotWhole />
      </Outside>
    );
  if (invitation !== undefined) return <Invited code={code} invitation={invitation} />;
  return (
    <Outside>
      {error ? <Problem error={error} onRetry={() => void refetch()} /> : <Skeleton lines={2} />}
    </Outside>
  );
}

function Outside({ children }: { children: ReactNode }) {
  return (
    <Door title="Invitation" foot={<Link to="/">Go to the start page</Link>}>
      {children}
    </Door>
  );
}

function NotWhole() {
  return (
    <Note tone="warning" title="The link is not whole">
      Open the link of the invitation again, or ask for another one.
    </Note>
  );
}

interface InvitedProps {
  code: string;
  invitation: InvitationPreview;
}

function Invited({ code, invitation }: InvitedProps) {
  const user = useUser();
  return (
    <Door
      title="You are invited"
      description={wordsOf(invitation)}
      foot={user === null ? undefined : <Link to="/">Not now</Link>}
    >
      <p>
        The invitation is for {invitation.email}. It ends{" "}
        <RelativeTime at={invitation.expires_at} />.
      </p>
      <WayIn user={user} code={code} invitation={invitation} />
    </Door>
  );
}

function WayIn({ user, ...invited }: InvitedProps & { user: User | null }) {
  if (user === null) return <NewHere />;
  const isTheirs = isSame(user.email, invited.invitation.email);
  return isTheirs ? <Accept {...invited} /> : <SomebodyElse email={user.email} />;
}

/** Addresses are compared without case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function NewHere() {
  const { canRegister } = useOptions(true);
  return (
    <Ways>
      {canRegister && (
        <LinkButton to="/register" tone="primary">
          Create an account
        </LinkButton>
      )}
      <LinkButton to="/sign-in" search={{ next: "/invitation" }}>
        I have an account
      </LinkButton>
    </Ways>
  );
}

function SomebodyElse({ email }: { email: string }) {
  return (
    <Note
      tone="warning"
      title={`You are signed in as ${email}`}
      actions={<Button onPress={() => void signOut()}>Sign out</Button>}
    >
      To accept it, sign out and go on with the other address.
    </Note>
  );
}

function Accept({ code, invitation }: InvitedProps) {
  const navigate = useNavigate();
  const fetched = useQueryClient();
  const accepting = useMutation({
    mutationFn: () => api.acceptInvitation({ body: { code } }),
    onSuccess: async ({ team_id }) => {
      forgetCode("invite");
      await fetched.invalidateQueries({ queryKey: ["teams"] });
      await navigate({ to: team_id === null ? "/" : `/teams/${team_id}` });
      greet(invitation);
    },
    onError: (error) => {
      if (codeOf(error) === "code_refused") {
        void fetched.invalidateQueries({ queryKey: ["invitation"] });
      }
    },
  });
  return (
    <>
      {accepting.error && <Problem error={accepting.error} />}
      <Ways>
        <Button tone="primary" isPending={accepting.isPending} onPress={() => accepting.mutate()}>
          Accept
        </Button>
      </Ways>
    </>
  );
}
