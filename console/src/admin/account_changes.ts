// What an administrator may change about an account, each with its words.
import type { Account, AccountUpdate } from "runcast";

export interface AccountChange {
  label: string;
  title: string;
  text: string;
  done: string;
  tone: "primary" | "danger";
  body: AccountUpdate;
  /** Whether it makes sense for an account as it is. */
  fits: (account: Account) => boolean;
}

export const ACCOUNT_CHANGES: readonly AccountChange[] = [
  {
    label: "Make administrator",
    title: "Make this person an administrator",
    text: "They see everything, and may change every account, yours too.",
    done: "They are an administrator now",
    tone: "danger",
    body: { is_admin: true },
    fits: ({ is_admin }) => !is_admin,
  },
  {
    label: "Take administration away",
    title: "Take administration away",
    text: "They keep their account, their items and their teams.",
    done: "They are no administrator any more",
    tone: "danger",
    body: { is_admin: false },
    fits: ({ is_admin }) => is_admin,
  },
  {
    label: "Disable",
    title: "Disable this account",
    text: "They are signed out everywhere and can neither sign in nor use keys. What they shared shows nothing. Executions go on.",
    done: "The account is disabled",
    tone: "danger",
    body: { disabled: true },
    fits: ({ disabled_at }) => disabled_at === null,
  },
  {
    label: "Enable",
    title: "Enable this account",
    text: "They may sign in again; their keys and links work again.",
    done: "The account is enabled",
    tone: "primary",
    body: { disabled: false },
    fits: ({ disabled_at }) => disabled_at !== null,
  },
];
