import Sequencer from '@jest/test-sequencer';

/**
 * The files that take longest come first, so that the two workers of a run end together: a fresh clone does not know how long a file took,
 * and jest would go by the size of its text. The others follow in jest's order.
 */
export const LONGEST_FIRST = [
  'demo/main',
  'faults/fault-table',
  'e2e/docs-kill',
  'e2e/sync-kill',
  'model/deployments',
  'faults/sync-fault-table',
  'cli/docs-flow',
  'model/syncs',
  'faults/fault-table-back',
  'activities/docs/hostile-trees',
  'activities/docs/generate-typedoc',
  'cli/docs',
  'faults/group-fault-table',
  'e2e/kill-worker',
  'e2e/terminate-and-reset',
  'e2e/cli',
  'workflows/deploy-red-black',
  'core/tasks/plan-sync-model',
  'examples/github-pages',
  'scripts/install',
].map((file) => `/test/${file}.test.ts`);

export default class LongestFirst extends Sequencer {
  /** @override */
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ path }) {
  const place = LONGEST_FIRST.findIndex((file) => path.endsWith(file));
  return place === -1 ? LONGEST_FIRST.length : place;
}
