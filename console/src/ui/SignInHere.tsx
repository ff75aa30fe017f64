// A way to the sign-in that leads back to this page.
import { useLocation } from "@tanstack/react-router";

import { LinkButton } from "./Button.tsx";

export function SignInHere({ small = false }: { small?: boolean }) {
  const next = useLocation({ select: ({ href }) => href });
  return (
    <LinkButton to="/sign-in" search={{ next }} small={small}>
      Sign in
    </LinkButton>
  );
}
