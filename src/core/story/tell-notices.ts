import type { ActivityRun } from './activities-of.ts';
import { say, sayAside } from './say.ts';
import type { Sentence } from './story.ts';

/** Who was told what: `telling SLACK: www.example.com: deployment started` of each notice, in one sentence a notice. */
export function tellNotices(runs: readonly ActivityRun[]): readonly Sentence[] {
  const told = new Map<string, { readonly at: number; readonly text: string; targets: string[]; failed: string[] }>();
  for (const run of runs) {
    const [, target, text] = /^telling ([^:]+): (.*)$/.exec(run.label) ?? [];
    if (run.type !== 'notify' || target === undefined || text === undefined) continue;
    const key = `${text}/${Math.floor(run.scheduledAt / SAME_MS)}`;
    const notice = told.get(key) ?? { at: run.scheduledAt, text, targets: [], failed: [] };
    told.set(key, notice);
    (run.end.kind === 'failed' || run.end.kind === 'timed-out' ? notice.failed : notice.targets).push(target);
  }
  return [...told.values()].flatMap(({ at, text, targets, failed }) => [
    ...(targets.length === 0 ? [] : [sayAside(at, 'plain', `told ${targets.join(', ')}: ${text}`)]),
    ...(failed.length === 0 ? [] : [say(at, 'bad', `could not tell ${failed.join(', ')}: ${text}`)]),
  ]);
}

/** Notices of one cause are scheduled together. */
const SAME_MS = 100;
