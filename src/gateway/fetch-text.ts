import { USER_AGENT } from '../user-agent.ts';

const WITHIN_MS = 3_000;
const MOST_BYTES = 64 * 1_024;

/** The text at an address, within seconds and up to 64 KiB; a redirect is not followed. @throws where it is not to be had. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(WITHIN_MS),
    headers: { 'user-agent': USER_AGENT },
  });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
