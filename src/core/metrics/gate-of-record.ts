/** How a gate is called among those of many records. */
export const gateOf = (record: string, gate: string): string => `${record}: ${gate}`;

/** Of gates that are called so, those of one record, by their own names. */
export function gatesOf(record: string, names: readonly string[]): readonly string[] {
  const inFront = gateOf(record, '');
  return names.filter((name) => name.startsWith(inFront)).map((name) => name.slice(inFront.length));
}
