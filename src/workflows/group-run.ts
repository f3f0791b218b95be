import { patched, type ChildWorkflowHandle, type Workflow } from '@temporalio/workflow';
import { groupSubject, type GroupPlanFacts, type GroupRequest, type GroupStatus } from '../contracts/deploy-group.ts';
import { approvalsTogether } from '../contracts/group-rules.ts';
import type { DeployOutcome, DeployPhase, DeployRequest, DeployStatus } from '../contracts/deploy.ts';
import type { KeptRecord } from '../core/dns/group-undo.ts';
import type { RecordHealth } from '../core/dns/keep-healthy.ts';
import { describeGroup } from './describe-group.ts';
import { startProgress, type Progress } from './progress.ts';
import { nothingMeasured, startRun, type Measured, type Run } from './run.ts';

/** The deployment of a group while it runs: its own run, which hears messages and keeps time as any other, and its records. */
export interface GroupRun {
  readonly request: GroupRequest;
  readonly run: Run;
  /** Sorted by name. */
  readonly members: readonly Member[];
  plan: GroupPlanFacts | null;
  /** What it leaves as it is; null until it is planned. */
  kept: readonly KeptRecord[] | null;
  /** For how long it waited for locks that others held. */
  waitedMs: number;
  /** Whether its locks are told when it comes to rest somewhere; runs of before tell them where a step ends. */
  readonly tellsPhases: boolean;
}

/** One record of the group. */
export interface Member {
  readonly request: DeployRequest;
  /** What its status says beside the group's: where it is at another point, or where it alone knows. */
  own: Partial<DeployStatus>;
  /** By the newest probes; null before the first. */
  health: RecordHealth | null;
  readonly measured: Measured;
  /** The child that holds the lock of the record. */
  lock: ChildWorkflowHandle<Workflow> | null;
  /** What the child knows of its record; null while that is unknown. */
  told: DeployStatus | null;
  /** How often it was told something. */
  tells: number;
}

/** @param tell tells the locks where the group is. */
export function startGroup(request: GroupRequest, tell: (group: GroupRun) => void): GroupRun {
  const members = [...request.records]
    .sort((a, b) => (a.record < b.record ? -1 : 1))
    .map((one): Member => ({
      request: one,
      own: {},
      health: null,
      measured: nothingMeasured(),
      lock: null,
      told: null,
      tells: 0,
    }));
  const lead = leadOf(request);
  const run = startRun(lead, (asked, see) => {
    const base = startProgress(asked, see, () => describeGroup(group.run.progress.status as GroupStatus));
    return progressOf(base, () => group, tell);
  });
  const tellsPhases = patched('the locks of a group follow its phase'); // asked once, so that a run stays with one answer
  const group: GroupRun = { request, run, members, plan: null, kept: null, waitedMs: 0, tellsPhases };
  run.isBlocked = (record) => isStuck(memberOf(group, record));
  return group;
}

/** A decision about a record is for its zone, where that does not move on. */
const isStuck = ({ own: { blocked, outcome } }: Member): boolean => blocked != null && outcome == null;

/** The group's own request: what cannot differ in lockstep is the first record's, but whom its gates ask, which may be gates of others alone. */
function leadOf(request: GroupRequest): DeployRequest {
  const [first] = request.records;
  if (first === undefined) throw new RangeError('a group has at least one record');
  const approve = approvalsTogether(request.records);
  return {
    ...first,
    ...(approve === undefined ? {} : { approve }),
    record: groupSubject(request.group),
    planHash: request.planHash,
    gates: request.records.flatMap(({ gates }) => gates),
  };
}

/** The status of the group tells those of its records, whenever it is asked. */
function progressOf(base: Progress, group: () => GroupRun, tell: (group: GroupRun) => void): Progress {
  return {
    get status(): GroupStatus {
      const { request, plan, kept, members } = group();
      const records = members.map((member) => statusOf(member, base.status));
      return { ...base.status, group: request.group, groupPlan: plan, records, ...(kept === null ? {} : { kept }) };
    },
    show: (change) => {
      const before = base.status.phase;
      base.show(change);
      const { phase } = base.status;
      if (phase !== before && group().tellsPhases && TOLD.includes(phase)) tell(group());
    },
    stage: (label, body) => base.stage(label, body),
    notice: (sentence) => base.notice(sentence),
  };
}

/** Where a run stays for a while on its way forward; its way back tells the locks zone by zone. */
const TOLD: readonly DeployPhase[] = ['checking', 'holding', 'awaiting-approval', 'paused'];

/** What a group says of all of its records is not said of each. */
const NOTHING_OF_ITS_OWN = {
  plan: null,
  share: 0,
  serving: null,
  blocked: null,
  windows: [],
  lastObservations: [],
  notices: [],
} as const;

/** A record is where its group is, but for what it knows better. */
function statusOf(member: Member, group: DeployStatus): DeployStatus {
  const { record } = member.request;
  const own = { ...NOTHING_OF_ITS_OWN, ...(group.metrics === undefined ? {} : { metrics: [] }), ...member.own };
  const outcome = group.outcome === null ? (own.outcome ?? null) : outcomeOf(member, group.outcome);
  const shared: { -readonly [K in keyof DeployStatus]: DeployStatus[K] } = { ...group };
  delete shared.revision; // its number says nothing of one record
  return { ...shared, ...own, record, outcome, phase: outcome ?? own.phase ?? group.phase };
}

/** A record that was left out of what its group did ends as what it is. */
function outcomeOf({ own }: Member, group: DeployOutcome): DeployOutcome {
  if (own.outcome != null) return own.outcome;
  return group === 'promoted' || group === 'unchanged' ? group : 'refused'; // of this record nothing was written
}

/** @throws RangeError where the group has no such record, which is a fault of our own. */
export function memberOf({ members }: GroupRun, record: string): Member {
  const found = members.find((member) => member.request.record === record);
  if (found === undefined) throw new RangeError(`the group has no record ${record}`);
  return found;
}

/** Says something of one record that its group does not say of all. */
export function showRecord(group: GroupRun, record: string, own: Partial<DeployStatus>): void {
  const member = memberOf(group, record);
  member.own = { ...member.own, ...own };
}
