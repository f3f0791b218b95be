/** `20261125T063208Z-1f0c9a7b`: when its build was finished, and the head of its build key. Ids sort by time. */
export function releaseId(finishedAt: string, buildKey: string): string {
  const time = new Date(finishedAt).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
  return `${time}-${buildKey.slice(0, 8)}`;
}

/** Nothing else is ever taken for the name of a folder of a release. */
export const isReleaseId = (text: string): boolean => /^\d{8}T\d{6}Z-[0-9a-f]{8}$/.test(text);
