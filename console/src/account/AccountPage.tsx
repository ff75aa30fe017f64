// One's own account, in parts that the address remembers.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";

import { Page } from "../ui/Page.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { useUser } from "../useUser.ts";
import { ProfilePart } from "./ProfilePart.tsx";
import { PARTS, type Part } from "./search.ts";

// Each part is fetched when its tab is opened; the first comes with the page.
const SecurityPart = lazy(async () => ({
  default: (await import("./SecurityPart.tsx")).SecurityPart,
}));
const SessionsPart = lazy(async () => ({
  default: (await import("./SessionsPart.tsx")).SessionsPart,
}));
const KeysPart = lazy(async () => ({ default: (await import("./KeysPart.tsx")).KeysPart }));
const ActivityPart = lazy(async () => ({
  default: (await import("./ActivityPart.tsx")).ActivityPart,
}));

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
        tabs={PARTS.map((id) => ({ id, label: LABELS[id], content: <Content part={id} /> }))}
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

function Content({ part }: { part: Part }) {
  return <Suspense fallback={<Skeleton lines={3} shape="block" />}>{CONTENTS[part]}</Suspense>;
}
