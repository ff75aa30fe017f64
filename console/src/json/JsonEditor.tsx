// An editor for JSON. It is drawn in a shadow root, because there its styles need no inline style element,
// which the page's policy refuses. It is fetched when it is first shown.
import { lazy, Suspense, useState } from "react";

import { Skeleton } from "../ui/Skeleton.tsx";
import styles from "./JsonEditor.module.css";
import { isLarge } from "./large.ts";
import { LargeText } from "./LargeText.tsx";
import { readJson } from "./read.ts";
import type { JsonEditorProps } from "./CodeMirror.tsx";

const Editor = lazy(async () => ({ default: (await import("./CodeMirror.tsx")).CodeMirror }));

export function JsonEditor(props: JsonEditorProps) {
  const { label, value, isReadOnly = false } = props;
  // What somebody is at stays an editor, however much they put in.
  const [isClosed, setClosed] = useState(() => isLarge(value));
  return (
    <div>
      {isClosed ? (
        <LargeText {...{ label, isReadOnly }} text={value} onOpen={() => setClosed(false)} />
      ) : (
        <Suspense fallback={<Skeleton shape="block" />}>
          <Editor {...props} />
        </Suspense>
      )}
      <p className={styles["problem"]} aria-live="polite">
        {problemIn(props.value) || props.problem}
      </p>
    </div>
  );
}

/** What stands in the way, in words below the text: the mark inside it has to be pointed at to be read. */
function problemIn(text: string): string {
  const read = readJson(text);
  if (!("problem" in read)) return "";
  const line = text.slice(0, read.problem.from).split("\n").length;
  return `Line ${String(line)}: ${read.problem.message}`;
}
