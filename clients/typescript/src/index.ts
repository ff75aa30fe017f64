// The public names of the client, and nothing else.
export const VERSION = "0.2.0";
