// The tree that the grammar of JSON makes of a text. That takes its time, and several ask for the same one.
import type { Tree } from "@lezer/common";
import { parser } from "@lezer/json";

let last: { readonly text: string; readonly tree: Tree } | undefined;

export function tree(text: string): Tree {
  if (last?.text !== text) last = { text, tree: parser.parse(text) };
  return last.tree;
}
