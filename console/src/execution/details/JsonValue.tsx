// A JSON value as a tree that unfolds; what is too large for an event is fetched when it is asked for.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/Code.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAccess } from "../access.ts";
import { isFields } from "../record/feed_event.ts";
import styles from "./JsonValue.module.css";
import { firstOf, previewOf, sizeOf } from "./preview.ts";

const MOST_SHOWN = 100;
const OPEN_LEVELS = 2;
const LONGEST_OPEN_LIST = 10;

export function JsonValue({ label, value }: { label: string; value: unknown }) {
  return (
    <div className={styles["frame"]}>
      <div className={styles["tree"]} role="group" aria-label={label}>
        <Node value={value} level={0} />
      </div>
      <div className={styles["corner"]}>
        <CopyButton text={JSON.stringify(value, null, 2)} label={`Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  );
}

interface NodeProps {
  name?: string;
  value: unknown;
  level: number;
}

function Node({ name, value, level }: NodeProps) {
  const ref = referenceIn(value);
  if (ref !== null)
    return <Referred {...(name === undefined ? {} : { name })} level={level} {...ref} />;
  if (typeof value === "object" && value !== null) {
    return <Branch {...(name === undefined ? {} : { name })} value={value} level={level} />;
  }
  return (
    <div className={styles["leaf"]}>
      <Name name={name} />
      <span className={styles[kindOf(value)]}>{JSON.stringify(value)}</span>
    </div>
  );
}

function Branch({ name, value, level }: NodeProps & { value: object }) {
  const size = sizeOf(value);
  const isList = Array.isArray(value);
  const [isOpen, setOpen] = useState(
    level < OPEN_LEVELS && size <= (isList ? LONGEST_OPEN_LIST : MOST_SHOWN),
  );
  const [most, setMost] = useState(MOST_SHOWN);
  if (size === 0) {
    return (
      <div className={styles["leaf"]}>
        <Name name={name} />
        <span>{isList ? "[]" : "{}"}</span>
      </div>
    );
  }
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={styles["branch"]}>
        <Name name={name} />
        <span className={styles["size"]}>
          {isList ? `list of ${size}` : `${size} ${size === 1 ? "field" : "fields"}`}
        </span>
        {!isOpen && <span className={styles["preview"]}> {previewOf(value)}</span>}
      </summary>
      {isOpen && (
        <div className={styles["inside"]}>
          {firstOf(value, most).map(([key, each]) => (
            <Node key={key} name={key} value={each} level={level + 1} />
          ))}
          {size > most && (
            <Button small tone="quiet" onPress={() => setMost(most + MOST_SHOWN * 10)}>
              Show more of {size}
            </Button>
          )}
        </div>
      )}
    </details>
  );
}

function Name({ name }: { name: string | undefined }) {
  return name === undefined ? null : <span className={styles["name"]}>{name}: </span>;
}

interface Reference {
  readonly reference: string;
  readonly size: number;
}

function Referred({ name, level, reference, size }: Omit<NodeProps, "value"> & Reference) {
  const { executionId, runcast } = useAccess();
  const fetching = useMutation({
    mutationFn: () =>
      runcast.api.getPayload({ path: { execution_id: executionId, ref: reference } }),
  });
  if (fetching.isSuccess) {
    return <Node {...(name === undefined ? {} : { name })} value={fetching.data} level={level} />;
  }
  return (
    <div className={styles["leaf"]}>
      <Name name={name} />
      <Button small isPending={fetching.isPending} onPress={() => fetching.mutate()}>
        Load {Math.ceil(size / 1000)} kB
      </Button>
      {fetching.error !== null && <Problem error={fetching.error} />}
    </div>
  );
}

function referenceIn(value: unknown): Reference | null {
  if (!isFields(value)) return null;
  const { $ref: reference, size } = value;
  const isReference = typeof reference === "string" && typeof size === "number";
  return isReference && Object.keys(value).length === 2 ? { reference, size } : null;
}

function kindOf(value: unknown): "text" | "number" | "word" {
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "number" : "word";
}
