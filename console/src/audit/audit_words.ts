// What the entries of the audit log say, in words. An action that is not known here is shown as it is.
export const ACTIONS: ReadonlyMap<string, string> = new Map([
  ["account.registered", "Made an account"],
  ["account.registered_again", "Registered again"],
  ["account.changed", "Changed an account"],
  ["account.disabled", "Disabled an account"],
  ["account.enabled", "Enabled an account"],
  ["setup_token.refused", "Wrong setup token"],
  ["admin.granted", "Made an administrator"],
  ["admin.withdrawn", "Took administration away"],
  ["session.opened", "Signed in"],
  ["session.refused", "Failed sign-in"],
  ["session.ended", "Ended a session"],
  ["sessions.ended", "Ended sessions"],
  ["session.replayed", "Old refresh token replayed"],
  ["session.proved", "Proved who they are"],
  ["session.unproved", "Failed proof"],
  ["password.changed", "Changed the password"],
  ["password.refused", "Wrong password"],
  ["password.reset_asked", "Asked for a new password"],
  ["password.reset", "Set a new password by letter"],
  ["factor.added", "Added a second factor"],
  ["factor.removed", "Removed a second factor"],
  ["factor.refused", "Wrong second factor"],
  ["factors.reset", "Second factors reset"],
  ["recovery_codes.made", "Made recovery codes"],
  ["passkey.changed", "Renamed a passkey"],
  ["passkey.copied", "Passkey refused: it was copied"],
  ["identity.linked", "Linked a provider"],
  ["identity.removed", "Unlinked a provider"],
  ["address.verified", "Verified an address"],
  ["address.change_asked", "Asked for another address"],
  ["address.changed", "Changed the address"],
  ["invitation.made", "Invited somebody"],
  ["invitation.ended", "Withdrew an invitation"],
  ["invitation.accepted", "Accepted an invitation"],
  ["key.made", "Made an API key"],
  ["key.deleted", "Deleted an API key"],
  ["share.made", "Made a share link"],
  ["share.ended", "Ended a share link"],
  ["signing_key.rotated", "Signing key rotated"],
  ["visibility.changed", "Changed who sees an item"],
  ["team.made", "Made a team"],
  ["team.changed", "Changed a team"],
  ["team.deleted", "Deleted a team"],
  ["role.changed", "Changed a role"],
  ["member.removed", "Removed a member"],
  ["execution.administered", "Acted as an administrator"],
]);

/** Those that tell of an attempt that failed. */
const REFUSED = /\.(?:refused|replayed|copied|unproved)$/;

export function actionWords(action: string): string {
  return ACTIONS.get(action) ?? action;
}

export function isRefusal(action: string): boolean {
  return REFUSED.test(action);
}

/** What ids are called now, by id. */
export type Names = Readonly<Record<string, string>>;

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** "name: laptop, scopes: items:read, app": what an entry says besides. */
export function detailWords(details: Record<string, unknown>, names: Names): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${valueWords(value, names)}`)
    .join(", ");
}

function valueWords(value: unknown, names: Names): string {
  if (Array.isArray(value)) return value.map((one) => valueWords(one, names)).join(", ");
  return typeof value === "string" ? nameOf(value, names) : JSON.stringify(value);
}

/** The name of what this is the id of; an id that has none is shortened, and what is no id stays. */
export function nameOf(text: string, names: Names): string {
  return namedIn(names, text) ?? (ID.test(text) ? shortened(text) : text);
}

/** What the id is called; undefined where nobody has said. */
export function namedIn(names: Names, id: string): string | undefined {
  return Object.hasOwn(names, id) ? names[id] : undefined;
}

/** The end of an id tells more than its beginning, which is the time. */
export function shortened(id: string): string {
  return `…${id.slice(-8)}`;
}
