/**
 * JSON with sorted keys, without white space and without undefined members: equal values give equal texts,
 * so that texts can be compared and hashed. For plain values only; undefined by itself is `null`.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** Own entries only, so that a key such as `__proto__` is a key like any other. */
function canonicalObject(value: object): string {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .sort(byKey)
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    .join(',')}}`;
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
