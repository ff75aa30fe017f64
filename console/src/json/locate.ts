// Finds the place in a JSON text that a path leads to, so that what the server says of a value is shown at it.
import type { SyntaxNode } from "@lezer/common";

import { tree } from "./tree.ts";

export type Path = readonly (string | number)[];

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The span of the value at the path; of the nearest one around it, where the text has none there. */
export function locate(text: string, path: Path): Span {
  let node = tree(text).topNode.firstChild;
  let found: Span = { from: node?.from ?? 0, to: node?.to ?? text.length };
  for (const token of path) {
    node = node === null ? null : valueIn(node, token, text);
    if (node === null) return found;
    found = { from: node.from, to: node.to };
  }
  return found;
}

function valueIn(node: SyntaxNode, token: string | number, text: string): SyntaxNode | null {
  if (node.name === "Object") return memberOf(node, String(token), text);
  if (node.name === "Array") return entriesOf(node)[Number(token)] ?? null;
  return null;
}

function memberOf(node: SyntaxNode, name: string, text: string): SyntaxNode | null {
  const members = node.getChildren("Property");
  const member = members.findLast((one) => nameOf(one, text) === name);
  return member?.lastChild ?? null;
}

function nameOf(member: SyntaxNode, text: string): string {
  const node = member.getChild("PropertyName");
  if (node === null) return "";
  try {
    return String(JSON.parse(text.slice(node.from, node.to)));
  } catch {
    return "";
  }
}

const VALUES = new Set(["True", "False", "Null", "Number", "String", "Object", "Array"]);

function entriesOf(node: SyntaxNode): SyntaxNode[] {
  const entries: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (VALUES.has(child.name)) entries.push(child);
  }
  return entries;
}
