import { clock } from './words.ts';

const NO_WORKER_AFTER_MS = 10_000;

/** Says once when no worker answers any more, and once when one is back; told at every look whether one answered. */
export function noticeSilence(reporter: { readonly say: (sentence: string) => void }): (answered: boolean) => void {
  let since: number | null = null;
  let said = false;
  return (answered) => {
    if (answered) {
      if (said) reporter.say('a worker answers again');
      [since, said] = [null, false];
      return;
    }
    since ??= Date.now();
    if (said || Date.now() - since < NO_WORKER_AFTER_MS) return;
    said = true;
    reporter.say(
      `no worker has answered since ${clock(since)}: the run waits for one; start one with ./switchyard worker`,
    );
  };
}
