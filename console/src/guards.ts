// Who may come to which page: who is signed out is led to the sign-in, and back to where they wanted to go.
import { redirect } from "@tanstack/react-router";

import { runcast } from "./runcast.ts";

/** Lets those pass who are signed in; the others sign in first and come back. */
export async function requireSignIn({ location }: { location: { href: string } }): Promise<void> {
  await runcast.auth.restore();
  const { status, reason } = runcast.auth.getState();
  if (status === "signed-in") return;
  // Who has left by themselves is not waited for where they were.
  const next = reason === "logged-out" ? "/" : safePath(location.href);
  throw redirect({ to: "/sign-in", search: next === "/" ? {} : { next }, replace: true });
}

/** Lets anybody look at what may be public, but for those whose session has ended while they did. */
export async function requireNoEnd({ location }: { location: { href: string } }): Promise<void> {
  await runcast.auth.restore();
  if (runcast.auth.getState().reason !== null) await requireSignIn({ location });
}

/** Leads those on who are signed in already: a sign-in page has nothing for them. */
export async function requireSignedOut({ search }: { search: { next?: string } }): Promise<void> {
  await runcast.auth.restore();
  if (runcast.auth.getState().status !== "signed-in") return;
  // The router hands on what the address says and the page's own check has dropped.
  throw redirect({ href: safePath(search.next), replace: true });
}

/** A path of this page, or `/` for what is none: an address from outside must not lead people away. */
export function safePath(wanted: unknown): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/")) return "/";
  const here = "https://here.invalid";
  const url = URL.parse(wanted, here);
  if (url === null || url.origin !== here) return "/";
  return url.pathname.startsWith("/sign-in") ? "/" : url.pathname + url.search + url.hash;
}
