import type { GroupRequest } from '../../src/contracts/deploy-group.ts';
import type { DeployRequest } from '../../src/contracts/deploy.ts';
import type { Plan } from '../../src/core/dns/plan.ts';
import type { GroupRecord, GroupRig } from './group-yard.ts';
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
  return {
    rig: { ...rig, observer: observe(sandbox, record, { red: ['192.0.2.20'], black: ['192.0.2.10'] }) },
    asks: { ...undoing(plan, revision.number), to: { kind: 'values', values: ['192.0.2.10'] } },
  };
}

/** The same of a group: `request` is what the undo asks for. */
export async function groupPromotedFirst(
  rig: GroupRig,
  shared: Partial<DeployRequest> = {},
): Promise<{ readonly rig: GroupRig; readonly request: Partial<GroupRequest> }> {
  const { sandbox } = rig;
  const { report } = await (await rig.deploy({}, { ...shared, steps: [{ share: 100, holdMs: 150 }] })).end();
  const records = rig.request({}, shared).records.map((one): DeployRequest => {
    const of = report?.records.find(({ record }) => record === one.record);
    if (of?.plan == null || of.revision === undefined) throw new Error(`not promoted: ${JSON.stringify(of)}`);
    return { ...one, ...undoing(of.plan, of.revision.number) };
  });
  const seen = rig.records.map((one): GroupRecord => {
    const black = sandbox.endpoints.all.find(({ address }) => address === one.red);
    if (black === undefined) throw new Error(`nothing serves at ${one.red}`);
    const colours = { red: [one.black.address], black: [one.red] };
    const observer = observe({ ...sandbox, zoneId: one.zoneId }, one.record, colours);
    return { ...one, red: one.black.address, black, observer };
  });
  const now = () => seen.map(({ observer }) => observer.now());
  return { rig: { ...rig, records: seen, now, since: sandbox.route53.log.length }, request: { records } };
}

function undoing({ before, promotion }: Plan, expectedRevision: number): Partial<DeployRequest> {
  return {
    undo: { sets: before, expected: promotion.sets, expectedRevision, toRevision: null },
    acceptIllRed: true,
    slowRollbackOk: true,
    steps: [{ share: 100, holdMs: 0 }],
  };
}
