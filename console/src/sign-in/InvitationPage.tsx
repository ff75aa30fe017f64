// An invitation: who has an account accepts it, who has none makes one with it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import { forgetCode, keptCode } from "../fragments.ts";
import { useUser } from "../layout/useUser.ts";
import { api } from "../runcast.ts";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { Problem } from "../ui/Problem.tsx";
import { toast } from "../ui/toast.ts";
import { Door, Ways } from "./Door.tsx";

export function InvitationPage() {
  const code = keptCode("invite");
  const user = useUser();
  if (code === "") {
    return (
      <Door title="Invitation" foot={<Link to="/">Go to the start page</Link>}>
        <Note tone="warning" title="The link is not whole">
          Open the link of the invitation again, or ask for another one.
        </Note>
      </Door>
    );
  }
  return user === null ? <NewHere /> : <Accept code={code} email={user.email} />;
}

function NewHere() {
  return (
    <Door
      title="You are invited to Runcast"
      description="Go on with the address that the invitation was made for."
    >
      <Ways>
        <LinkButton to="/register" tone="primary">
          Create an account
        </LinkButton>
        <LinkButton to="/sign-in" search={{ next: "/invitation" }}>
          I have an account
        </LinkButton>
      </Ways>
    </Door>
  );
}

function Accept({ code, email }: { code: string; email: string }) {
  const navigate = useNavigate();
  const fetched = useQueryClient();
  const accepting = useMutation({
    mutationFn: () => api.acceptInvitation({ body: { code } }),
    onSuccess: async ({ team_id }) => {
      forgetCode("invite");
      await fetched.invalidateQueries({ queryKey: ["teams"] });
      if (team_id === null) {
        toast("The invitation is accepted.");
        await navigate({ to: "/" });
        return;
      }
      await navigate({ to: "/teams/$teamId", params: { teamId: team_id } });
      await greet(team_id);
    },
  });
  return (
    <Door
      title="You are invited"
      description={`You are signed in as ${email}. The invitation is good for this address only.`}
      foot={<Link to="/">Not now</Link>}
    >
      {accepting.error && <Problem error={accepting.error} />}
      <Ways>
        <Button tone="primary" isPending={accepting.isPending} onPress={() => accepting.mutate()}>
          Accept
        </Button>
      </Ways>
    </Door>
  );
}

async function greet(teamId: string): Promise<void> {
  const { name } = await api.getTeam({ path: { team_id: teamId } });
  toast(`You joined ${name}.`);
}
