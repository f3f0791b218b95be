import { isExcused, judgeAlarm } from '../../../src/core/metrics/judge-alarm.ts';
import { judgeShare, shareRange } from '../../../src/core/metrics/judge-share.ts';
import { mayBegin } from '../../../src/core/metrics/may-begin.ts';
import type { AlarmLook, AlarmState } from '../../../src/core/metrics/metric-gate.ts';
import { gatesOn } from '../../support/metric-gates.ts';

const state = (value: AlarmState): AlarmLook => ({ kind: 'state', state: value, why: 'threshold crossed' });
const BLIND: AlarmLook = { kind: 'could-not-look', why: 'AccessDenied' };

describe('an alarm', () => {
  test.each<[string, AlarmLook | null, boolean, string]>([
    ['that nobody has read yet is no pass (D7)', null, false, 'inconclusive'],
    ['that nobody has read yet is no pass although it was accepted (D7)', null, true, 'inconclusive'],
    ['that cannot be read is no pass (D7)', BLIND, false, 'inconclusive'],
    ['that cannot be read is no pass although it was accepted (D7)', BLIND, true, 'inconclusive'],
    ['without data is no pass (D7)', state('INSUFFICIENT_DATA'), false, 'inconclusive'],
    ['that is OK passes', state('OK'), false, 'pass'],
    ['that fires fails at the first look', state('ALARM'), false, 'fail'],
    ['that fires since the start passes where that was accepted', state('ALARM'), true, 'pass'],
    ['without data since the start passes where that was accepted', state('INSUFFICIENT_DATA'), true, 'pass'],
  ])('%s', (_, look, excused, kind) => {
    expect(judgeAlarm({ alarm: 'www-5xx', look, excused })).toMatchObject({
      kind,
      reason: expect.stringContaining('www-5xx') as string,
    });
  });

  test('that was OK once is excused no more, whatever was accepted; a look that failed changes nothing', () => {
    expect(isExcused(true, state('OK'))).toBe(false);
    expect([isExcused(true, state('ALARM')), isExcused(true, BLIND)]).toEqual([true, true]);
  });

  test('that fires, or cannot be read, keeps a deployment from beginning', () => {
    const gate = gatesOn({ prometheus: { url: 'http://prom.example' } }).alarm();
    const begins = (look: AlarmLook) => mayBegin(gate, { kind: 'alarm', look }).kind;
    expect([begins(state('OK')), begins(state('ALARM')), begins(BLIND)]).toEqual(['pass', 'fail', 'inconclusive']);
  });
});

describe('the share that black really gets', () => {
  test.each<[string, { black: number; red: number } | null, string]>([
    ['is no pass while nobody has counted (D7)', null, 'inconclusive'],
    ['is waited for while it is too small', { black: 1, red: 99 }, 'inconclusive'],
    ['passes near its weight', { black: 6, red: 94 }, 'pass'],
    ['is waited for while it is too large: it never fails by itself', { black: 50, red: 50 }, 'inconclusive'],
  ])('%s', (_, counted, kind) => {
    const look = counted === null ? null : { at: 0, ...counted };
    expect(judgeShare({ look, share: 5, tolerance: 0.5 }).kind).toBe(kind);
  });

  test('is never asked to be nearer than one point', () => {
    expect(shareRange(1, 0.1)).toEqual({ least: 0, most: 2 });
  });
});
