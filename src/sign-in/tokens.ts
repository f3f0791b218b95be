/** Access tokens for Microsoft Graph, wherever they come from. */
export interface Tokens {
  /**
   * A token that is good now.
   *
   * @param options.refused One that the service has just refused: another one is fetched, unless that has happened since.
   */
  accessToken(signal: AbortSignal, options?: { readonly refused?: string }): Promise<string>;
}
