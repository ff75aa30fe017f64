// One execution, live: the same for who is signed in and for who came by a share link.
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import type { Execution, Runcast } from "runcast";

import { Pending } from "../layout/Pending.tsx";
import { Empty } from "../ui/Empty.tsx";
import { LinkIcon } from "../ui/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { Part } from "../ui/Part.tsx";
import { Problem } from "../ui/Problem.tsx";
import { Tabs } from "../ui/Tabs.tsx";
import { type Access, AccessContext } from "./access.ts";
import { Actions } from "./actions/Actions.tsx";
import { executionQuery } from "./execution_query.ts";
import styles from "./ExecutionView.module.css";
import { ExecutionModel } from "./live/execution_model.ts";
import { LiveExecution } from "./live/live_execution.ts";
import { ModelContext, useShown } from "./live/useModel.ts";
import { LogPane } from "./log/LogPane.tsx";
import { FIRST_LOOK, type LogLook } from "./log/look.ts";
import { newPlace } from "./log/place.ts";
import { Questions } from "./questions/Questions.tsx";
import { ReplayBar } from "./replay/ReplayBar.tsx";
import { TABS, type ViewState } from "./search.ts";
import { Failure, SeeResult } from "./status/Ending.tsx";
import { endOfLink, type Gone } from "./status/gone.ts";
import { Lost } from "./status/Lost.tsx";
import { News } from "./status/News.tsx";
import { StateNow } from "./status/StateNow.tsx";
import { Status } from "./status/Status.tsx";

const Charts = lazy(async () => ({ default: (await import("./charts/Charts.tsx")).Charts }));
const Timeline = lazy(async () => ({
  default: (await import("./timeline/Timeline.tsx")).Timeline,
}));
const Details = lazy(async () => ({ default: (await import("./details/Details.tsx")).Details }));

export interface ExecutionViewProps {
  executionId: string;
  runcast: Runcast;
  mayAct: boolean;
  /** Whether a share link shows it, and not an account. */
  isShared: boolean;
  breadcrumb?: ReactNode;
  state: ViewState;
  onState: (state: ViewState) => void;
}

export function ExecutionView(props: ExecutionViewProps) {
  const { executionId, runcast, mayAct, isShared, ...rest } = props;
  const access = useMemo(
    () => ({ executionId, runcast, mayAct, isShared }),
    [executionId, runcast, mayAct, isShared],
  );
  const query = useQuery(executionQuery(runcast, executionId));
  const model = useLiveModel(access);
  if (query.error !== null && query.data === undefined) {
    const gone = isShared ? endOfLink(query.error) : null;
    if (gone !== null) return <NotShown {...gone} />;
    return (
      <Page title="Execution" width="narrow">
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  if (query.data === undefined) return <Pending />;
  return (
    <AccessContext value={access}>
      <ModelContext value={model}>
        <Shown execution={query.data} {...rest} />
      </ModelContext>
    </AccessContext>
  );
}

function NotShown({ title, text }: Gone) {
  return (
    <Page title="Shared execution" width="narrow">
      <Empty title={title} icon={LinkIcon}>
        {text}
      </Empty>
    </Page>
  );
}

type ShownProps = Pick<ExecutionViewProps, "breadcrumb" | "state" | "onState"> & {
  execution: Execution;
};

function Shown({ execution, breadcrumb, state, onState }: ShownProps) {
  const [look, setLook] = useState<LogLook>(() => ({
    ...FIRST_LOOK,
    filter: state.filter,
    // A narrow screen shows too little of a line that goes on beyond it.
    wraps: matchMedia("(width < 48rem)").matches,
  }));
  const [place] = useState(newPlace);
  const changeLook = (change: Partial<LogLook>) => {
    setLook((before) => ({ ...before, ...change }));
    if (change.filter !== undefined) onState({ ...state, filter: change.filter });
  };
  return (
    <div className={styles["page"]}>
      <Page
        title={execution.handler}
        heading={
          <>
            {execution.handler} <StateNow execution={execution} />
          </>
        }
        breadcrumb={breadcrumb}
        actions={
          <>
            <SeeResult
              execution={execution}
              onPress={() => onState({ ...state, tab: "details" })}
            />
            <Actions execution={execution} />
          </>
        }
      >
        <div className={styles["body"]}>
          <Part fallback={null}>
            <News />
          </Part>
          <Part>
            <Status execution={execution} />
          </Part>
          <Lost />
          <Part>
            <Failure execution={execution} />
          </Part>
          <div className={styles["panes"]}>
            <Tabs
              label="What to look at"
              selected={state.tab}
              onSelect={(tab) =>
                onState({ ...state, tab: TABS.find((each) => each === tab) ?? "log" })
              }
              tabs={[
                {
                  id: "log",
                  label: "Log",
                  content: fetched(<LogPane look={look} onLook={changeLook} place={place} />),
                },
                { id: "charts", label: <ChartsLabel />, content: fetched(<Charts />) },
                { id: "timeline", label: "Timeline", content: fetched(<Timeline />) },
                {
                  id: "details",
                  label: "Details",
                  content: fetched(<Details execution={execution} />),
                },
              ]}
            />
          </div>
          <Questions />
          <Part>
            <ReplayBar />
          </Part>
        </div>
      </Page>
    </div>
  );
}

function ChartsLabel() {
  const count = useShown((model) => model.record.metrics.namesAt(model.asOf).length);
  return (
    <>
      Charts <span className={styles["count"]}>{count}</span>
    </>
  );
}

/** A pane that is fetched when its tab is opened, and fails alone. */
function fetched(pane: ReactNode) {
  return (
    <Part>
      <Suspense>{pane}</Suspense>
    </Part>
  );
}

function useLiveModel(access: Access): ExecutionModel {
  const { executionId, runcast } = access;
  const model = useMemo(() => {
    const live = new LiveExecution((options) => runcast.watch(executionId, options).batches());
    return new ExecutionModel(live);
  }, [executionId, runcast]);
  useEffect(() => {
    const leaving = new AbortController();
    void model.live.follow(leaving.signal);
    return () => leaving.abort();
  }, [model]);
  return model;
}
