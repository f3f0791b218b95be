/** Bytes that a build may need: twice the largest site so far (the new one, and as much beside), and never less than 64 MB. */
export function spaceNeeded(sites: readonly { readonly bytes: number }[]): number {
  return Math.max(64_000_000, ...sites.map(({ bytes }) => 2 * bytes));
}
