// Providers that are linked with the account, and those that could be.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import type { Identity } from "runcast";
import { useState } from "react";

import { errorIn } from "../fragments.ts";
import { api } from "../runcast.ts";
import { providerRefusal } from "../sign-in/providerRefusal.ts";
import { providersQuery } from "../sign-in/queries.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { Note } from "../ui/Note.tsx";
import { Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { toast } from "../ui/toast.ts";
import styles from "./Account.module.css";
import { identitiesQuery } from "./queries.ts";

export function IdentitiesSection() {
  const providers = useQuery(providersQuery);
  const identities = useQuery(identitiesQuery);
  const refusal = errorIn(useLocation({ select: (location) => location.hash }));
  const linked = identities.data ?? [];
  const free = (providers.data ?? []).filter(
    ({ name }) => !linked.some(({ provider }) => provider === name),
  );
  if (linked.length === 0 && free.length === 0) return null;
  return (
    <Section title="Linked providers" description="Each of them signs you in as well.">
      {refusal !== undefined && <Note tone="danger" role="alert" {...providerRefusal(refusal)} />}
      <ul className={styles["rows"]}>
        {linked.map((identity) => (
          <IdentityRow key={identity.id} identity={identity} />
        ))}
        {free.map(({ name, title }) => (
          <FreeRow key={name} name={name} title={title} />
        ))}
      </ul>
    </Section>
  );
}

function IdentityRow({ identity }: { identity: Identity }) {
  const fetched = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const remove = async () => {
    await api.removeIdentity({ path: { identity_id: identity.id } });
    await fetched.invalidateQueries(identitiesQuery);
    toast("The provider is unlinked");
  };
  return (
    <li className={styles["row"]}>
      <div className={styles["texts"]}>
        <span className={styles["name"]}>{identity.provider}</span>
        <span className={styles["muted"]}>
          {identity.email ?? "No address"}, used <RelativeTime at={identity.last_used_at} />
        </span>
      </div>
      <Button small onPress={() => setOpen(true)}>
        Unlink
      </Button>
      <ConfirmDialog
        title={`Unlink ${identity.provider}`}
        confirm="Unlink"
        isOpen={isOpen}
        onOpenChange={setOpen}
        onConfirm={remove}
      >
        It signs you in no more. Your account there stays as it is.
      </ConfirmDialog>
    </li>
  );
}

function FreeRow({ name, title }: { name: string; title: string }) {
  const linking = useMutation({
    mutationFn: () =>
      api.linkIdentity({ body: { provider: name, return_to: "/account?part=security" } }),
    onSuccess: ({ authorization_url }) => location.assign(authorization_url),
  });
  return (
    <li className={styles["row"]}>
      <span className={styles["name"]}>{title}</span>
      <Button small isPending={linking.isPending} onPress={() => linking.mutate()}>
        Link
      </Button>
      {linking.error && <Problem error={linking.error} />}
    </li>
  );
}
