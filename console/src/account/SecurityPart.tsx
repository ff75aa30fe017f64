// What one signs in with: password, authenticator app, passkeys, recovery codes, linked providers.
import { useQuery } from "@tanstack/react-query";

import { Problem } from "../ui/Problem.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import styles from "./Account.module.css";
import { AppSection } from "./AppSection.tsx";
import { IdentitiesSection } from "./IdentitiesSection.tsx";
import { PasskeysSection } from "./PasskeysSection.tsx";
import { PasswordSection } from "./PasswordSection.tsx";
import { factorsQuery } from "./queries.ts";
import { RecoverySection } from "./RecoverySection.tsx";

export function SecurityPart() {
  const factors = useQuery(factorsQuery);
  if (factors.data === undefined) {
    return factors.error ? (
      <Problem error={factors.error} onRetry={() => void factors.refetch()} />
    ) : (
      <Skeleton lines={3} shape="block" />
    );
  }
  const { has_password, totp_confirmed_at, recovery_codes, passkeys } = factors.data;
  const hasFactor = totp_confirmed_at !== null || passkeys.length > 0;
  return (
    <div className={styles["parts"]}>
      <PasswordSection hasPassword={has_password} />
      <AppSection confirmedAt={totp_confirmed_at} />
      <PasskeysSection passkeys={passkeys} />
      {hasFactor && <RecoverySection left={recovery_codes} />}
      <IdentitiesSection />
    </div>
  );
}
