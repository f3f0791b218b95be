import type { DeployRequest } from '../../src/contracts/deploy.ts';
import { observe } from './observer.ts';
import { PLAIN, type Rig } from './yard.ts';

/**
 * Promotes black, and returns the rig as an undo of that sees it: what is to come back is black now, and what it replaces is red. `asks` is
 * what the undo asks for.
 */
export async function promotedFirst(rig: Rig): Promise<{ readonly rig: Rig; readonly asks: Partial<DeployRequest> }> {
  const { sandbox, record } = rig;
  const { report } = await (await rig.deploy({ gates: [PLAIN], bakeMs: 100 })).end();
  const { plan, revision } = report ?? {};
  if (plan == null || revision === undefined) throw new Error(`not promoted: ${JSON.stringify(report)}`);
  const undo = {
    sets: plan.before,
    expected: plan.promotion.sets,
    expectedRevision: revision.number,
    toRevision: null,
  };
  return {
    rig: { ...rig, observer: observe(sandbox, record, { red: ['192.0.2.20'], black: ['192.0.2.10'] }) },
    asks: {
      undo,
      to: { kind: 'values', values: ['192.0.2.10'] },
      acceptIllRed: true,
      slowRollbackOk: true,
      steps: [{ share: 100, holdMs: 0 }],
    },
  };
}
