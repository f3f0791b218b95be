import { stat } from 'node:fs/promises';

/** Whether there is something, links followed; also false where it cannot be looked at. */
export const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;
