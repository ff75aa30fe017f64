// An editor for JSON. It is drawn in a shadow root, because there its styles need no inline style element,
// which the page's policy refuses. It is fetched when it is first shown.
import { lazy, Suspense } from "react";

import { Skeleton } from "../ui/Skeleton.tsx";
import type { PlacedProblem } from "./placed.ts";

export interface JsonEditorProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** What is wrong, and with which value. */
  problems?: readonly PlacedProblem[];
  isReadOnly?: boolean;
}

const Editor = lazy(async () => ({ default: (await import("./CodeMirror.tsx")).CodeMirror }));

export function JsonEditor(props: JsonEditorProps) {
  return (
    <Suspense fallback={<Skeleton shape="block" />}>
      <Editor {...props} />
    </Suspense>
  );
}
