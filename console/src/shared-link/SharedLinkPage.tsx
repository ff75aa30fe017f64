// What somebody sees who came by a share link: one execution, to watch and nothing else. The token leaves
// the address at once, and stays in this tab alone, so that a reload goes on.
import { getRouteApi, useLocation } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { createRuncast } from "runcast";

import { ExecutionView } from "../execution/ExecutionView.tsx";
import { type ViewState, viewOf } from "../execution/search.ts";
import type { Destination } from "../layout/destinations.ts";
import { ShortcutsTo } from "../layout/Shortcuts.tsx";
import { Empty } from "../ui/Empty.tsx";
import { LinkIcon } from "../ui/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { keepToken, keptToken } from "./kept_token.ts";
import { tokenIn } from "./link.ts";
import styles from "./SharedLinkPage.module.css";

const route = getRouteApi("/shared/$executionId");
const NOWHERE: readonly Destination[] = [];

export function SharedLinkPage() {
  const { executionId } = route.useParams();
  const token = useToken(executionId);
  const runcast = useMemo(
    () => (token === null ? null : createRuncast({ baseUrl: location.origin, token })),
    [token],
  );
  useEffect(() => () => runcast?.close(), [runcast]);
  const [state, setState] = useState<ViewState>(() => viewOf({}));
  return (
    <main className={styles["main"]}>
      {runcast === null ? (
        <NoToken />
      ) : (
        <ExecutionView
          executionId={executionId}
          runcast={runcast}
          mayAct={false}
          isShared
          state={state}
          onState={setState}
        />
      )}
      <ShortcutsTo places={NOWHERE} />
    </main>
  );
}

function useToken(executionId: string): string | null {
  const hash = useLocation({ select: (location) => location.hash });
  const arrived = tokenIn(hash);
  if (arrived !== undefined) keepToken(executionId, arrived);
  useEffect(() => {
    if (arrived !== undefined) history.replaceState(history.state, "", location.pathname);
  }, [arrived]);
  return arrived ?? keptToken(executionId);
}

function NoToken() {
  return (
    <Page title="Shared execution" width="narrow">
      <Empty title="This link is not whole" icon={LinkIcon}>
        Its part behind # is missing. Ask for the link again, and copy all of it.
      </Empty>
    </Page>
  );
}
