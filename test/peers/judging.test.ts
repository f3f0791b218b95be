/** What judges of other tools got wrong, one test a bug: its number, and what it cost. All of them: docs/peers.md. */
import type { FailRule, Observation, ProbeWindow } from '../../src/core/dns/gate.ts';
import { judgeHold, type HoldView } from '../../src/core/dns/judge-hold.ts';
import { judge, mayPromote } from '../../src/core/dns/judge.ts';
import { mayRestore } from '../../src/core/dns/may-restore.ts';
import { preflight } from '../../src/core/dns/preflight.ts';

const RULE: FailRule = { failures: 4, of: 6 };
const NOW = Date.UTC(2026, 0, 2, 12, 14, 1);
const EVERY = 5_000;

/** One probe a character, the newest last: `.` passed, `x` failed. */
function window(side: 'red' | 'black', probes: string, gate = 'healthy', value = `192.0.2.${side}`): ProbeWindow {
  const observations = Array.from(probes, (probe, index): Observation => ({
    ...{ gate, side, value, at: NOW - (probes.length - 1 - index) * EVERY, latencyMs: 3 },
    ...{ ok: probe === '.', seen: probe === '.' ? 'HTTP 200 /' : 'HTTP 503 /' },
  }));
  return { gate, side, value, observations };
}

const view = (windows: readonly ProbeWindow[], over: Partial<HoldView> = {}): HoldView => ({
  ...{ windows, rule: RULE, now: NOW, maxAgeMs: 30_000, inconclusiveSince: null },
  ...{ ownViewMs: 60_000, limitMs: 300_000 },
  ...over,
});
const back = (windows: readonly ProbeWindow[]): 'restore' | 'stop' =>
  mayRestore({ policy: 'compare', windows, now: NOW, maxAgeMs: 30_000, aborted: false }).kind;

test('stops at an analysis that failed (argo-rollouts #1411: the rollout went on to all users)', () => {
  const failed = [window('black', '..xxxx'), window('red', '......')];
  expect(judgeHold(view(failed)).verdict.kind).toBe('fail');
  expect(mayPromote(view(failed)).kind).toBe('fail'); // nor is it promoted because somebody asks for it
});

test('takes a look that was called off for none (argo-rollouts #1329: a terminated metric counted as a success)', () => {
  expect(judge([], RULE).kind).toBe('inconclusive');
  expect(judgeHold(view([window('red', '......')])).verdict.kind).not.toBe('pass');
  const longAgo = view([window('black', '......')], { now: NOW + 31_000 }); // called off half a minute ago
  expect(judgeHold(longAgo).verdict.kind).toBe('inconclusive');
});

test('does not pass before each gate has been seen (argo-rollouts #1360: the analysis ended before its delayed metric ran)', () => {
  const windows = [window('black', '......'), window('black', '', 'slow to begin')];
  expect(judgeHold(view(windows)).verdict).toEqual({
    kind: 'inconclusive',
    reason: 'no probe yet of black 192.0.2.black',
  });
  const once = { windows: [window('black', '.')], inARow: 5, overMs: 20_000, now: NOW, maxAgeMs: 20_000 };
  expect(preflight(once).kind).toBe('inconclusive'); // one measurement is not five
});

test('takes no data for no answer, and not for ever (argo-rollouts #1905, #3015; flagger #1098, #1581: it passed, or hung)', () => {
  const silent = [window('black', '')];
  const first = judgeHold(view(silent));
  expect(first.verdict.kind).toBe('inconclusive');
  const later = view(silent, { inconclusiveSince: first.inconclusiveSince, now: NOW + 300_000 });
  expect(judgeHold(later).verdict.kind).toBe('fail');
});

test('does not send everybody to a red that is down (flagger #1898, #1931, #1932: the rollback made a full outage)', () => {
  expect(back([window('red', 'xxxxxx'), window('black', 'x.x.x.')])).toBe('stop');
  expect(back([window('red', '......'), window('black', 'x.x.x.')])).toBe('restore');
});

test('does not go back to a red of which only half is there (argo-rollouts #3941: traffic went back before the old side had capacity)', () => {
  const one = window('red', '......', 'healthy', '192.0.2.10');
  const other = window('red', 'xxxxxx', 'healthy', '192.0.2.11');
  expect(back([one, other, window('black', '...x..')])).toBe('stop');
  expect(back([one, other, window('black', 'xxxxxx')])).toBe('restore'); // half of it is more than nothing
});
