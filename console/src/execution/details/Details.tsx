// What an execution was given and what came of it, its states, and the ids that programs ask for.
import { Link } from "@tanstack/react-router";
import type { Execution } from "runcast";

import { CopyButton } from "../../ui/Code.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Section } from "../../ui/Page.tsx";
import { exactly, lengthOf } from "../../ui/time.ts";
import { useUser } from "../../useUser.ts";
import { useAccess } from "../access.ts";
import { useShown } from "../live/useModel.ts";
import styles from "./Details.module.css";
import { JsonValue } from "./JsonValue.tsx";
import { useEnd } from "./useEnd.ts";
import { WorkerName } from "./WorkerName.tsx";

export function Details({ execution }: { execution: Execution }) {
  const shown = useEnd(execution);
  return (
    <div className={styles["details"]}>
      {shown.hasResult && (
        <Section title="Result">
          <JsonValue label="Result" value={shown.result} />
        </Section>
      )}
      <Section title="Input">
        <JsonValue label="Input" value={execution.input} />
      </Section>
      <Section title="States">
        <States />
      </Section>
      <Section title="About">
        <About execution={execution} />
      </Section>
    </div>
  );
}

function States() {
  const states = useShown((model) => model.journal.statesAt(model.asOf).length);
  const changes = useShown((model) => model.journal.statesAt(model.asOf).slice(-MOST_STATES));
  const first = useShown((model) => model.journal.statesAt(model.asOf)[0]?.at ?? 0);
  return (
    <>
      {states > changes.length && <p className={styles["more"]}>The last {changes.length}:</p>}
      <ol className={styles["states"]}>
        {changes.map((change) => (
          <li key={change.seq}>
            <span className={styles["after"]}>{lengthOf((change.at - first) / 1000)}</span>
            <span>{change.event.kind.replace("execution.", "")}</span>
            <span className={styles["when"]}>{exactly(change.event.at)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

const MOST_STATES = 50;

function About({ execution }: { execution: Execution }) {
  const { mayAct } = useAccess();
  const seesWorkers = useUser()?.is_admin === true && mayAct;
  const worker = useShown((model) => model.journal.workerAt(model.asOf));
  const { id, item_id: item, parent_id: parent, retry_of: before } = execution;
  const events = useShown((model) => Math.min(model.asOf, model.record.lastSeq));
  return (
    <Facts
      facts={[
        ["Execution", <Id key="id" id={id} />],
        ["Handler", `${execution.handler}${versionWords(execution.handler_version)}`],
        ...(item === null
          ? []
          : [
              [
                "Item",
                mayAct ? <ItemLink key="item" id={item} /> : <Id key="item" id={item} />,
              ] as const,
            ]),
        ...(parent === null
          ? []
          : [
              [
                "Started by",
                mayAct ? <ExecutionLink key="p" id={parent} /> : <Id key="p" id={parent} />,
              ] as const,
            ]),
        ...(before === null
          ? []
          : [
              [
                "Retry of",
                mayAct ? <ExecutionLink key="r" id={before} /> : <Id key="r" id={before} />,
              ] as const,
            ]),
        ...(worker === null || !seesWorkers
          ? []
          : [["Worker", <WorkerName key="w" id={worker} />] as const]),
        ["Priority", String(execution.priority)],
        ["Created", exactly(execution.created_at)],
        ["Due", exactly(execution.run_at)],
        ["Events", events.toLocaleString("en")],
      ]}
    />
  );
}

function versionWords(version: string | null): string {
  return version === null ? "" : `, version ${version}`;
}

function Id({ id }: { id: string }) {
  return (
    <span className={styles["id"]}>
      <code>{id}</code> <CopyButton text={id} label="Copy the id" />
    </span>
  );
}

function ItemLink({ id }: { id: string }) {
  return (
    <Link to="/items/$itemId" params={{ itemId: id }}>
      <code>{id}</code>
    </Link>
  );
}

function ExecutionLink({ id }: { id: string }) {
  return (
    <Link to="/executions/$executionId" params={{ executionId: id }}>
      <code>{id}</code>
    </Link>
  );
}
