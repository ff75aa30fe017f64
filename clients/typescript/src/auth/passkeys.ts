// Passkeys in a browser: from the server's options to the credential that it is sent, as JSON.

/** What the server gives and takes; browsers have the words for what is in it. */
export type PasskeyJson = Readonly<Record<string, unknown>>;

/** Asks the person for a passkey. Throws a DOMException if they turn it down. */
export async function askPasskey(options: PasskeyJson): Promise<PasskeyJson> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return shown(await navigator.credentials.get({ publicKey }));
}

/** Makes a passkey. Throws a DOMException if the person turns it down. */
export async function makePasskey(options: PasskeyJson): Promise<PasskeyJson> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return shown(await navigator.credentials.create({ publicKey }));
}

/** Whether this browser, on this page, can do either. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential !== "undefined" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

function shown(credential: Credential | null): PasskeyJson {
  if (credential === null) throw new DOMException("no passkey was shown", "NotAllowedError");
  return (credential as PublicKeyCredential).toJSON() as unknown as PasskeyJson;
}
