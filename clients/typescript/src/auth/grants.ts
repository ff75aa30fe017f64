// The forms by which somebody signs in, as the token endpoint reads them. Pure.

import type { PasskeyJson } from "./passkeys.js";
import type { Form } from "./token_endpoint.js";

export interface Password {
  readonly email: string;
  readonly password: string;
}

/** One of the ways to show a second factor. */
export type SecondFactor =
  { readonly otp: string } | { readonly recoveryCode: string } | { readonly passkey: PasskeyJson };

export function passwordGrant({ email, password }: Password): Form {
  return { grant_type: "password", username: email, password };
}

export function secondFactorGrant(token: string, factor: SecondFactor): Form {
  const grant = { grant_type: "urn:runcast:params:oauth:grant-type:mfa", mfa_token: token };
  if ("otp" in factor) return { ...grant, otp: factor.otp };
  if ("recoveryCode" in factor) return { ...grant, recovery_code: factor.recoveryCode };
  return { ...grant, passkey: JSON.stringify(factor.passkey) };
}

export function passkeyGrant(code: string, passkey: PasskeyJson): Form {
  const grant_type = "urn:runcast:params:oauth:grant-type:passkey";
  return { grant_type, code, passkey: JSON.stringify(passkey) };
}
