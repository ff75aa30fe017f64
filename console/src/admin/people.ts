// Finds whom an administrator means by an address. What a page keeps is the id: it stays the same when they
// take another address.
import type { Account } from "runcast";

import { api } from "../runcast.ts";

const MOST = 200;
const TOLD = 3;

/** The account that has this address, or is the only one whose address begins so.
 *
 * Throws an error that says why there is none.
 */
export async function personAt(typed: string): Promise<Account> {
  const { items } = await api.listUsers({ query: { q: typed, limit: MOST } });
  const found = meant(typed, items);
  if (found === undefined) throw new Error(whyNobody(items));
  return found;
}

export function meant(typed: string, accounts: readonly Account[]): Account | undefined {
  const wanted = spelt(typed);
  const exactly = accounts.find(({ email }) => spelt(email) === wanted);
  return exactly ?? (accounts.length === 1 ? accounts[0] : undefined);
}

export function whyNobody(accounts: readonly Account[]): string {
  if (accounts.length === 0) {
    return "Nobody has this address now. “Changed the address” shows which ones people had before.";
  }
  const some = accounts.slice(0, TOLD).map(({ email }) => email);
  return `Several begin so: ${some.join(", ")}${accounts.length > TOLD ? " and others" : ""}.`;
}

function spelt(address: string): string {
  return address.normalize("NFC").toLowerCase();
}
