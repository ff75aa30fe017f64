// What requests and feeds need to know of signing in: the bearer of now, and what to do when it was
// refused. The store of a signed-in person is one, a fixed token of a program another.

export interface Credentials {
  /** The token to send, renewed before it expires; null for who is not signed in. */
  token(): Promise<string | null>;
  /**
   * The token to send instead of one that was refused; null for who is signed out by now. However many
   * ask, the server is asked once. Rejects where the server could not be asked: nobody is signed out by that.
   */
  renew(rejected: string): Promise<string | null>;
  /** Hears that the token which `renew` gave was refused as well: whoever it is of is signed out. */
  refuse(renewed: string): void;
}
