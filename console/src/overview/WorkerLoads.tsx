// Who runs all this, and how busy each is: for administrators, whom the server tells.
import { useQuery } from "@tanstack/react-query";

import { workersQuery } from "../admin/queries.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { Section } from "../ui/Page.tsx";
import { Progress } from "../ui/Progress.tsx";
import { useUser } from "../useUser.ts";
import styles from "./Overview.module.css";

export function WorkerLoads() {
  return useUser()?.is_admin === true ? <Loads /> : null;
}

function Loads() {
  const { data } = useQuery(workersQuery);
  if (data === undefined) return null;
  const live = data.filter((worker) => worker.live);
  return (
    <Section
      title="Workers"
      actions={
        <LinkButton small to="/admin/workers">
          See all
        </LinkButton>
      }
    >
      {live.length === 0 && (
        <Note tone="warning" title="No worker is live">
          What is started waits in its queue until one is: runcast worker.
        </Note>
      )}
      <ul className={styles["loads"]}>
        {live.map(({ id, name, running, concurrency }) => (
          <li key={id}>
            <span className={styles["worker"]}>{name}</span>
            <Progress
              label={`Load of ${name}`}
              done={running}
              total={concurrency}
              note={`${String(running)} of ${String(concurrency)}`}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}
