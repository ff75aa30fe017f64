// The providers that the operator has named, each a button that leads to it and back.
import { useQuery } from "@tanstack/react-query";

import { runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { ExternalIcon } from "../ui/icons.tsx";
import { providersQuery } from "./queries.ts";

/** Longer paths the server does not carry to a provider and back. */
const LONGEST = 1024;

export function Providers({ next }: { next: string | undefined }) {
  const providers = useQuery(providersQuery);
  return providers.data?.map(({ name, title }) => (
    <Button
      key={name}
      icon={ExternalIcon}
      onPress={() => runcast.auth.loginWith(name, { next: backTo(next) })}
    >
      {`Continue with ${title}`}
    </Button>
  ));
}

/** Back to the sign-in, which tells a refusal and leads on who is signed in. */
function backTo(next: string | undefined): string {
  const path = next === undefined ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`;
  return path.length > LONGEST ? "/sign-in" : path;
}
