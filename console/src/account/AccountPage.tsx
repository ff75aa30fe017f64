// One's own account, in parts that the address remembers.
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useUser } from "../layout/useUser.ts";
import { Page } from "../ui/Page.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { ActivityPart } from "./ActivityPart.tsx";
import { KeysPart } from "./KeysPart.tsx";
import { ProfilePart } from "./ProfilePart.tsx";
import { PARTS, type Part } from "./search.ts";
import { SecurityPart } from "./SecurityPart.tsx";
import { SessionsPart } from "./SessionsPart.tsx";

const LABELS: Record<Part, string> = {
  profile: "Profile",
  security: "Security",
  sessions: "Sessions",
  keys: "API keys",
  activity: "Activity",
};

const CONTENTS: Record<Part, ReactNode> = {
  profile: <ProfilePart />,
  security: <SecurityPart />,
  sessions: <SessionsPart />,
  keys: <KeysPart />,
  activity: <ActivityPart />,
};

export function AccountPage() {
  const { part = "profile" } = useSearch({ from: "/shell/signed-in/account" });
  const navigate = useNavigate();
  const user = useUser();
  return (
    <Page title="Account" description={user?.email} width="narrow">
      <Tabs
        label="Parts of your account"
        tabs={PARTS.map((id) => ({ id, label: LABELS[id], content: CONTENTS[id] }))}
        selected={part}
        onSelect={(chosen) => {
          const next = PARTS.find((one) => one === chosen);
          void navigate({
            to: "/account",
            search: next === undefined ? {} : { part: next },
            replace: true,
          });
        }}
      />
    </Page>
  );
}
