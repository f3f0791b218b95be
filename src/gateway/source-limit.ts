import { fullBucket, takeToken, type Rate, type TokenBucket } from '../core/token-bucket.ts';

/** Sources that are remembered; more at once are strangers, who share the buckets of those that were forgotten. */
const MOST_SOURCES = 10_000;

/** Whether a source may send one more request now: a bucket for each address, so that none keeps the others out. */
export function limitSources(rate: Rate): (source: string, now: number) => boolean {
  const buckets = new Map<string, TokenBucket>();
  return (source, now) => {
    const bucket = takeToken(buckets.get(source) ?? fullBucket(rate, now), rate, now);
    if (bucket === null) return false;
    buckets.delete(source); // to its end: the one that was silent for the longest is forgotten first
    buckets.set(source, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= MOST_SOURCES) break;
      buckets.delete(oldest);
    }
    return true;
  };
}
