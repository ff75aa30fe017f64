// Which ways a page outside may offer. While the server has not said, it offers all: the server refuses
// what it must.
import { useQuery } from "@tanstack/react-query";

import { optionsQuery } from "./queries.ts";

export interface Ways {
  /** Whether an account can be made, by this invitation if there is one. */
  canRegister: boolean;
  sendsLetters: boolean;
  /** Whether a setup token can be of use; undefined where that is not known. */
  takesSetupToken: boolean | undefined;
}

export function useOptions(hasInvitation: boolean): Ways {
  const { data } = useQuery(optionsQuery);
  const open = data?.registration ?? "open";
  return {
    canRegister: open === "open" || (open === "invite" && hasInvitation),
    sendsLetters: data?.sends_letters ?? true,
    takesSetupToken: data?.awaits_administrator,
  };
}
