import Sequencer from '@jest/test-sequencer';

/**
 * The files that take longest come first, so that the workers of a run end together: a fresh clone does not know how long a file took,
 * and jest would go by the size of its text. What mostly waits (for holds, for processes) is between what mostly computes, so that three
 * files at a time share two processors. The others follow in jest's order.
 */
export const LONGEST_FIRST = [
  'demo/main',
  'cli/undo-flow',
  'faults/fault-table',
  'e2e/cli',
  'cli/sync-flow',
  'faults/sync-fault-table',
  'workflows/deploy-group',
  'e2e/kill-worker',
  'faults/group-fault-table',
  'workflows/deploy-red-black',
  'cli/docs-flow',
  'faults/fault-table-back',
  'e2e/sync-kill',
  'cli/flow',
  'e2e/docs-kill',
  'e2e/kill-server',
  'model/deployments',
  'workflows/metric-gates',
  'activities/docs/hostile-trees',
  'workflows/sync-runs',
  'faults/docs-fault-table',
  'faults/mend-fault-table',
  'cli/if-busy-flow',
  'cli/docs',
  'cli/versions',
  'model/syncs',
  'workflows/people',
  'activities/docs/generate-typedoc',
  'peers/deployments',
  'e2e/canary',
  'workflows/deploy-notices',
  'workflows/guard-records',
  'e2e/up',
  'workflows/group-people',
  'cli/reset',
  'e2e/terminate-and-reset',
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
