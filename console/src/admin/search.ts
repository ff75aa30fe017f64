// What the pages of administration keep in their address: what is searched for.
import { compact, type RawSearch, textIn } from "../search.ts";

export function usersSearch(search: RawSearch) {
  return compact({ q: textIn(search, "q") });
}

export function auditSearch(search: RawSearch) {
  return compact({
    action: textIn(search, "action"),
    user: textIn(search, "user"),
    subject: textIn(search, "subject"),
    since: textIn(search, "since"),
    until: textIn(search, "until"),
  });
}

export type AuditSearch = ReturnType<typeof auditSearch>;
