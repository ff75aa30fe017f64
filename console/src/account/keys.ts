// Under which name the list of one's API keys is kept.
export const KEYS = ["keys"];
