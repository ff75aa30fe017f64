// Keeps the token of a share link for this tab, until it is closed.

export function keepToken(executionId: string, token: string): void {
  sessionStorage.setItem(placeOf(executionId), token);
}

export function keptToken(executionId: string): string | null {
  return sessionStorage.getItem(placeOf(executionId));
}

function placeOf(executionId: string): string {
  return `runcast.share.${executionId}`;
}
