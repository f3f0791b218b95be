import type { Measure } from './measure.ts';
import { abort } from './measures/abort.ts';
import { blackDies } from './measures/black-dies.ts';
import { compareSides } from './measures/compare-sides.ts';
import { docsBuild } from './measures/docs-build.ts';
import { docsSwap } from './measures/docs-swap.ts';
import { falseRollbacks } from './measures/false-rollbacks.ts';
import { group } from './measures/group.ts';
import { manyBakes } from './measures/many-bakes.ts';
import { reset } from './measures/reset.ts';
import { syncFirst } from './measures/sync-first.ts';
import { syncLarge } from './measures/sync-large.ts';
import { syncWish } from './measures/sync-wish.ts';
import { webhooks } from './measures/webhooks.ts';
import { withoutWaits } from './measures/without-waits.ts';
import { workerKilled } from './measures/worker-killed.ts';
import { workerStart } from './measures/worker-start.ts';

/** Every figure that is promised. */
export const MEASURES: readonly Measure[] = [
  blackDies,
  workerKilled,
  abort,
  reset,
  withoutWaits,
  falseRollbacks,
  compareSides,
  manyBakes,
  group,
  workerStart,
  syncFirst,
  syncLarge,
  syncWish,
  docsBuild,
  docsSwap,
  webhooks,
];
