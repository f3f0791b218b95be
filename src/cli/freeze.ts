import type { DeployRequest } from '../contracts/deploy.ts';
import { cleanText } from '../core/clean-text.ts';
import { freezeAt, minuteOf, nextFreeze, untilWords } from '../core/freeze.ts';
import type { Declared } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { freezeWindows } from './freeze-windows.ts';
import { problem, Stop } from './stop.ts';
import { outside } from './words.ts';

/**
 * The freezes of `switchyard.yaml` that a deployment started now may meet; nothing where none is declared.
 *
 * @throws Stop with exit 2 for an override without a reason.
 */
export async function freezeOf(
  { freeze }: Pick<Declared, 'freeze'>,
  overrideFreeze: string | undefined,
  now: number,
): Promise<Pick<DeployRequest, 'freeze'>> {
  const reason = overrideFreeze === undefined ? null : cleanText(overrideFreeze, 300);
  if (reason === '')
    throw new Stop(EXIT.usage, [problem('--override-freeze without a reason', '--override-freeze "incident 4711"')]);
  const windows = await freezeWindows(freeze, now);
  return windows.length === 0 ? {} : { freeze: { windows, override: reason } };
}

/** Why a cutover must not begin now; null where it may. */
export function frozenNow(
  { record, freeze }: { readonly record: string; readonly freeze?: DeployRequest['freeze'] | undefined },
  now: number,
): Stop | null {
  const window = freeze?.override === null ? freezeAt(freeze.windows, now) : null;
  if (window === null) return null;
  return new Stop(EXIT.refused, [
    problem(
      `${record}: no cutover begins before ${outside(untilWords(window))}`,
      null,
      'wait for its end, or go on with --override-freeze REASON; nothing was started',
    ),
  ]);
}

/** The same for programs; nothing where no freeze is declared. */
export function freezeFacts({ freeze }: Pick<DeployRequest, 'freeze'>, now: number) {
  if (freeze === undefined) return {};
  return { freeze: { inForce: freezeAt(freeze.windows, now), next: nextFreeze(freeze.windows, now) } };
}

/** The freeze in force and the next one, for whoever plans. */
export function freezeLines({ freeze }: Pick<DeployRequest, 'freeze'>, now: number): readonly string[] {
  if (freeze === undefined) return [];
  const [current, next] = [freezeAt(freeze.windows, now), nextFreeze(freeze.windows, now)];
  return [
    ...(current === null ? [] : [`freeze       until ${outside(untilWords(current))}: ${OVERRIDE}`]),
    ...(next === null ? [] : [`freeze       next from ${minuteOf(next.from)} until ${outside(untilWords(next))}`]),
  ];
}

const OVERRIDE = './switchyard deploy refuses this without --override-freeze REASON';
