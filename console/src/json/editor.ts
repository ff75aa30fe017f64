// CodeMirror as the console uses it: JSON, its own problems and the server's, the page's colours.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, linter, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { isLarge } from "./large.ts";
import { locate } from "./locate.ts";
import type { PlacedProblem } from "./placed.ts";
import { readJson } from "./read.ts";

export interface EditorHandle {
  /** Shows this text and these problems; what is shown already is left alone. */
  show(text: string, problems: readonly PlacedProblem[]): void;
  destroy(): void;
}

export interface EditorOptions {
  readonly label: string;
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
}

export function createEditor(host: HTMLElement, options: EditorOptions): EditorHandle {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  let told: readonly PlacedProblem[] = [];
  const problemsOf = (view: EditorView) => diagnosticsOf(view.state.doc.toString(), told);
  const view = new EditorView({
    root,
    parent: root,
    extensions: [...extensionsOf(options), linter(problemsOf, { delay: 200 })],
  });
  return {
    show: (text, problems) => {
      replace(view, text);
      if (problems === told) return;
      told = problems;
      view.dispatch(setDiagnostics(view.state, problemsOf(view)));
    },
    destroy: () => view.destroy(),
  };
}

/** The cursor stays where it is if nothing is new. */
function replace(view: EditorView, text: string): void {
  const current = view.state.doc.toString();
  if (current !== text) view.dispatch({ changes: { from: 0, to: current.length, insert: text } });
}

function diagnosticsOf(text: string, told: readonly PlacedProblem[]): Diagnostic[] {
  const read = readJson(text);
  if ("problem" in read) return [{ ...read.problem, severity: "error" }];
  // In much text no place is looked for: all is said at its beginning.
  const placeOf = (path: PlacedProblem["path"]) =>
    isLarge(text) ? { from: 0, to: 0 } : locate(text, path);
  return told.map(({ path, message }) => ({ ...placeOf(path), message, severity: "error" }));
}

function extensionsOf({ label, isReadOnly, onChange }: EditorOptions): Extension[] {
  return [
    json(),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    // The tab key goes on to the next field, as it does everywhere else on the page.
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
    EditorView.lineWrapping,
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    syntaxHighlighting(COLOURS),
    THEME,
  ];
}

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--success)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
]);

const THEME = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "var(--text-sm)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", minHeight: "12rem", maxHeight: "70vh" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    color: "var(--text-muted)",
    backgroundColor: "var(--surface-sunken)",
    borderRight: "1px solid var(--border)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--surface-hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "var(--surface-selected)" },
  ".cm-tooltip, .cm-panels": {
    color: "var(--text)",
    backgroundColor: "var(--surface-raised)",
    borderColor: "var(--border)",
  },
  ".cm-textfield, .cm-button": {
    color: "var(--text)",
    backgroundColor: "var(--surface)",
    backgroundImage: "none",
    border: "1px solid var(--border-strong)",
  },
});
