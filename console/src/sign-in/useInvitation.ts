// The invitation whose code is kept in this tab, and what it is to. A code that is refused is forgotten.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { forgetCode, keptCode } from "../fragments.ts";
import { codeOf } from "../problem.ts";
import { invitationQuery } from "./queries.ts";

export function useInvitation() {
  const [kept] = useState(() => keptCode("invite"));
  const { data, error, refetch } = useQuery(invitationQuery(kept));
  const isOver = codeOf(error) === "code_refused";
  useEffect(() => {
    if (isOver) forgetCode("invite");
  }, [isOver]);
  const good = isOver ? { code: "", invitation: undefined } : { code: kept, invitation: data };
  return { ...good, isOver, error, refetch };
}
