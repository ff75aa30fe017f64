// The examples of the README are programs that the compiler accepts.

import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BLOCK = /^```(tsx?)\n([\s\S]*?)^```$/gm;
const SLOW_MS = 60_000;

function examples(): ReadonlyMap<string, string> {
  const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
  const blocks = [...readme.matchAll(BLOCK)];
  return new Map(
    blocks.map(([, kind, text], at) => [path.join(ROOT, `example_${at}.${kind}`), text ?? ""]),
  );
}

const WRONG = path.join(ROOT, "example_wrong.ts");
const WRONG_TEXT = 'import { createRuncast } from "runcast";\ncreateRuncast().api.listThings();\n';

/** What the compiler says of each file, by the workspace's own options. */
function complaints(files: ReadonlyMap<string, string>): ReadonlyMap<string, string[]> {
  const program = ts.createProgram([...files.keys()], optionsHere(), hostOf(files));
  const told = (name: string): string[] =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
  return new Map([...files.keys()].map((name) => [name, told(name)]));
}

/** An example may declare what only its reader uses. */
function optionsHere(): ts.CompilerOptions {
  const config = ts.readConfigFile(path.join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  return { ...options, noUnusedLocals: false };
}

/** Files that are nowhere but here, beside those on the disk. */
function hostOf(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost({});
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    if (text === undefined) return getSourceFile(name, version, ...rest);
    return ts.createSourceFile(name, text, version);
  };
  return host;
}

test("the examples of the README compile, and a wrong one would not", { timeout: SLOW_MS }, () => {
  const files = examples();
  expect(files.size).toBe(5);
  const found = complaints(new Map([...files, [WRONG, WRONG_TEXT]]));
  expect(found.get(WRONG)).toEqual([expect.stringContaining("listThings")]);
  expect([...files.keys()].flatMap((name) => found.get(name))).toEqual([]);
});
