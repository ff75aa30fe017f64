// What it means when a provider's sign-in comes back with an error, and what to do about it.
export interface Refusal {
  title: string;
  children: string;
}

// By what the address says, which anybody may have written.
const REFUSALS: Readonly<Record<string, Refusal>> = {
  account_exists: {
    title: "This address already has an account",
    children: "Sign in as you did before. Then link the provider under Account, Security.",
  },
  access_denied: {
    title: "The provider did not sign you in",
    children: "You, or the provider, said no. Try again, or take another way.",
  },
  address_not_verified: {
    title: "The provider does not vouch for your address",
    children: "Verify your address there first, or take another way to sign in.",
  },
  invalid_grant: {
    title: "Your address has to be verified first",
    children: "Follow the link in the letter that was sent to it, then sign in again.",
  },
  forbidden: {
    title: "This server takes no new accounts this way",
    children: "Ask an administrator for an invitation.",
  },
  identity_taken: {
    title: "It is linked with another account",
    children: "Sign in to that account and unlink it there first.",
  },
  proof_required: {
    title: "Prove that it is you first",
    children: "It was too long ago that you signed in. Begin again.",
  },
};

/** Anybody can write a link with words of their own in it: they are not shown as ours. */
const CODE = /^[a-z_]{1,40}$/;

export function providerRefusal(code: string): Refusal {
  const known = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  const name = CODE.test(code) ? ` The server calls this ${code}.` : "";
  return (
    known ?? {
      title: "The sign-in with the provider did not work",
      children: `Try again, or take another way.${name}`,
    }
  );
}
