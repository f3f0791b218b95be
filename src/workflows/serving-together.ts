import type { ServerView } from '../contracts/deploy.ts';
import type { GroupRun } from './group-run.ts';

/** What the records serve together, seen at a name server where the records that it was asked about agree. */
export function showServing({ run, members }: GroupRun, sentence: string, share: number): void {
  const known = members.flatMap(({ own }) => (own.serving == null ? [] : [own]));
  if (known.length === 0) return;
  const seen = known.flatMap(({ serving }) => serving ?? []);
  const latest = (times: readonly (number | null | undefined)[]): number | null => {
    const given = times.flatMap((at) => at ?? []);
    return given.length === 0 ? null : Math.max(...given);
  };
  run.progress.show({
    share,
    serving: {
      sentence,
      share,
      seenAt: Math.max(...seen.map(({ seenAt }) => seenAt)),
      servers: worstOfEach(seen.flatMap(({ servers }) => servers)),
    },
    cachesAgreeAt: latest(known.map(({ cachesAgreeAt }) => cachesAgreeAt)),
    keepRedUntil: latest(known.map(({ keepRedUntil }) => keepRedUntil)),
    keepBlackUntil: latest(known.map(({ keepBlackUntil }) => keepBlackUntil)),
  });
}

const BADNESS: Readonly<Record<ServerView['kind'], number>> = { agrees: 0, 'not-seen': 1, differs: 2 };

/** One line a server; the values are those of its records. */
function worstOfEach(views: readonly ServerView[]): readonly ServerView[] {
  const worst = new Map<string, ServerView>();
  for (const view of views) {
    const known = worst.get(view.server);
    if (known === undefined || BADNESS[view.kind] > BADNESS[known.kind])
      worst.set(view.server, { ...view, values: [] });
  }
  return [...worst.values()];
}
