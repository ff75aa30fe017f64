// How a share link is written: the execution in the path, and the token behind `#`, where no server sees it.

export function shareLink(executionId: string, token: string): string {
  return `${location.origin}/shared/${executionId}#share=${encodeURIComponent(token)}`;
}

/** The token of the link that one came by. */
export function tokenIn(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("share") ?? undefined;
}
