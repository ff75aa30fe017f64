// What is special about an account, at a glance.
import type { Account } from "runcast";

import { Badge } from "../ui/Badge.tsx";
import { ShieldIcon, SlashIcon } from "../ui/icons.tsx";
import styles from "./Admin.module.css";

export function AccountBadges({ account }: { account: Account }) {
  return (
    <span className={styles["line"]}>
      {account.disabled_at !== null && (
        <Badge tone="danger" icon={SlashIcon}>
          Disabled
        </Badge>
      )}
      {account.is_admin && (
        <Badge tone="info" icon={ShieldIcon}>
          Administrator
        </Badge>
      )}
      {isOfMachine(account) ? (
        <Badge>This machine</Badge>
      ) : (
        account.email_verified_at === null && <Badge>Not verified</Badge>
      )}
    </span>
  );
}

/** The account of the command line on the server's own machine: its name is one that no address can have. */
export function isOfMachine({ email }: Pick<Account, "email">): boolean {
  return email === "local";
}
