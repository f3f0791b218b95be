/** Makes the compiler prove that a `switch` covers a union; throws if a foreign value got past the types. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
