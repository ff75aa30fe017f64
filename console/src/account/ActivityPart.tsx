// What one did, what was done to one's account, and who tried to sign in to it.
import { AuditTable } from "../audit/AuditTable.tsx";
import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { Empty } from "../ui/Empty.tsx";
import { Section } from "../ui/Page.tsx";

export function ActivityPart() {
  const entries = usePages(["activity"], (query, signal) => api.listActivity({ query, signal }));
  return (
    <Section
      title="Activity"
      description="If something here was not you, change your password and end the other sessions."
      flush
    >
      <AuditTable query={entries} empty={<Empty title="Nothing yet" />} />
    </Section>
  );
}
