import { Refusal } from '../route53/refusal.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const MAY_BE_OFF_MS = 5 * 60_000;

/** What a signed request says of its sender (Signature Version 4); the signature itself is not checked. */
export interface Signed {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** @throws Refusal SignatureDoesNotMatch, in AWS's words, where the request was signed by a clock that is wrong. */
export function mustBeSignedNow({ headers }: Signed, now = Date.now()): void {
  const signedAt = timeOf(headers['x-amz-date']);
  if (signedAt === null || Math.abs(signedAt - now) <= MAY_BE_OFF_MS) return;
  const [signed, here] = [written(signedAt), written(now)];
  const sentence =
    signedAt < now
      ? `Signature expired: ${signed} is now earlier than ${written(now - MAY_BE_OFF_MS)} (${here} - 5 min.)`
      : `Signature not yet current: ${signed} is still later than ${written(now + MAY_BE_OFF_MS)} (${here} + 5 min.)`;
  throw new Refusal({ status: 403, code: 'SignatureDoesNotMatch' }, sentence);
}

/** `20261130T181500Z`; null where it was not signed at all, as by tests that speak HTTP themselves. */
function timeOf(header: Signed['headers'][string]): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(header)) ?? [];
  return year === undefined ? null : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const written = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
