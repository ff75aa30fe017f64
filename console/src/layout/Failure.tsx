// What stands where a page could not be drawn: a fault of ours, or a piece of the page that did not come.
import type { ErrorComponentProps } from "@tanstack/react-router";

import { Page } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";

export function Failure({ error }: ErrorComponentProps) {
  return (
    <Page title="This page did not open" width="narrow">
      {/* A reload, because a new version of the console may have replaced the files of this one. */}
      <Problem error={error} onRetry={() => location.reload()} />
    </Page>
  );
}

/** The same for what has no frame around it, or whose frame itself did not come. */
export function OuterFailure(props: ErrorComponentProps) {
  return (
    <main>
      <Failure {...props} />
    </main>
  );
}
