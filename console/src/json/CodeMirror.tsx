// The editor itself: CodeMirror, held in step with what React hands it.
import { useEffect, useRef } from "react";

import { createEditor, type EditorHandle } from "./editor.ts";
import styles from "./JsonEditor.module.css";
import type { PlacedProblem } from "./placed.ts";

export interface JsonEditorProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** What is wrong, and with which value. */
  problems?: readonly PlacedProblem[];
  isReadOnly?: boolean;
  /** What is wrong with the whole, though it can be read. */
  problem?: string | undefined;
}

const NONE: NonNullable<JsonEditorProps["problems"]> = [];

export function CodeMirror(props: JsonEditorProps) {
  const { label, value, onChange, problems = NONE, isReadOnly = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle>(undefined);
  const changed = useRef(onChange);
  useEffect(() => {
    changed.current = onChange;
  }, [onChange]);
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = createEditor(host.current, {
      label,
      isReadOnly,
      onChange: (text) => changed.current(text),
    });
    editor.current = made;
    return () => made.destroy();
  }, [label, isReadOnly]);
  // After every drawing: the editor knows what it shows already, and a new one has to be told all.
  useEffect(() => editor.current?.show(value, problems));
  return <div ref={host} className={styles["editor"]} />;
}
