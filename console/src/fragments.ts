// What letters, the terminal and providers put behind `#`: a code, seen by no server. It is taken out of
// the address, and kept for this tab alone until it is used, so that a sign-in on the way does not lose it.
export type CodeKind = "reset" | "verify" | "invite" | "setup";

const KINDS: readonly CodeKind[] = ["reset", "verify", "invite", "setup"];

/** The code in a fragment, if it holds one of those that people arrive with. */
export function codeIn(fragment: string): { kind: CodeKind; code: string } | undefined {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  for (const kind of KINDS) {
    const code = fields.get(kind);
    if (code !== null && code !== "") return { kind, code };
  }
  return undefined;
}

/** The code of a link that somebody pasted, or what they pasted where that is the code alone. */
export function pastedCode(kind: CodeKind, text: string): string {
  const found = codeIn(text.slice(Math.max(text.indexOf("#"), 0)));
  return found?.kind === kind ? found.code : text.trim();
}

/** The error code that a sign-in with a provider came back with. */
export function errorIn(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("error") ?? undefined;
}

export function keepCode(kind: CodeKind, code: string): void {
  sessionStorage.setItem(placeOf(kind), code);
}

export function keptCode(kind: CodeKind): string {
  return sessionStorage.getItem(placeOf(kind)) ?? "";
}

export function forgetCode(kind: CodeKind): void {
  sessionStorage.removeItem(placeOf(kind));
}

function placeOf(kind: CodeKind): string {
  return `runcast.code.${kind}`;
}
