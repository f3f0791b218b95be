import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { RECORD_ATTRIBUTE, STAGE_ATTRIBUTE } from '../contracts/deploy.ts';
import type { DeployPhase, DeployRequest, DeployStatus, StageRecord } from '../contracts/deploy.ts';
import { describeStatus } from './describe-status.ts';

/** What everybody who looks at a run sees: the query `status`, the UI's current details, the search attributes. */
export interface Progress {
  readonly status: DeployStatus;
  show(change: Partial<DeployStatus>): void;
  /** Runs one stage of the runbook; its times and its end are kept. */
  stage<T>(label: string, body: () => Promise<T>): Promise<T>;
  notice(sentence: string): void;
}

export type SeeChange = (before: DeployStatus, after: DeployStatus) => void;

const recordKey = defineSearchAttributeKey(RECORD_ATTRIBUTE, 'KEYWORD');
const stageKey = defineSearchAttributeKey(STAGE_ATTRIBUTE, 'KEYWORD');

/**
 * @param see is shown every change.
 * @param describe draws the run for the UI.
 */
export function startProgress(
  request: DeployRequest,
  see: SeeChange = () => undefined,
  describe: (status: DeployStatus) => string = describeStatus,
): Progress {
  let status = atTheStart(request);
  const show = (change: Partial<DeployStatus>): void => {
    const before = status;
    status = { ...status, ...change };
    setCurrentDetails(describe(status));
    if (request.searchAttributes && status.phase !== before.phase) markPhase(request.record, status.phase);
    see(before, status);
  };
  const end = (label: string, outcome: StageRecord['outcome']): void =>
    show({ stages: status.stages.map((stage) => (isRunning(stage, label) ? ended(stage, outcome) : stage)) });
  return {
    get status() {
      return status;
    },
    show,
    stage: async (label, body) => {
      const before = status.stages.filter((stage) => stage.label !== label || stage.outcome !== 'failed'); // one tried again
      show({ stages: [...before, begun(label, status.share)] });
      try {
        const result = await body();
        end(label, 'done');
        return result;
      } catch (error) {
        end(label, 'failed');
        throw error;
      }
    },
    notice: (sentence) => show({ notices: [...status.notices, sentence] }),
  };
}

/** Kept with the closed run, so that `history` can tell how it ended without a worker. */
export function keepOutcome({ outcome, failure, revision }: DeployStatus, left: readonly string[] = []): void {
  const sentence = failure?.sentence ?? null;
  upsertMemo({
    ...{ outcome, sentence },
    ...(revision === undefined ? {} : { revision }),
    ...(left.length === 0 ? {} : { left: [...left] }),
  });
}

function atTheStart(request: DeployRequest): DeployStatus {
  return {
    schemaVersion: 1,
    record: request.record,
    phase: 'reading',
    outcome: null,
    by: request.by,
    requestId: request.requestId,
    startedAt: workflowInfo().startTime.getTime(),
    endedAt: null,
    plan: null,
    refused: [],
    stages: [],
    share: 0,
    holdEndsAt: null,
    deadlineAt: null,
    pausedSince: null,
    windows: [],
    lastObservations: [],
    verdict: null,
    failure: null,
    blocked: null,
    aborted: null,
    approval: null,
    decisions: [],
    serving: null,
    cachesAgreeAt: null,
    keepRedUntil: null,
    keepBlackUntil: null,
    notices: [],
  };
}

function begun(label: string, share: number): StageRecord {
  return { label, share, startedAt: Date.now(), endedAt: null, outcome: 'running' };
}

function ended(stage: StageRecord, outcome: StageRecord['outcome']): StageRecord {
  return { ...stage, endedAt: Date.now(), outcome };
}

function isRunning(stage: StageRecord, label: string): boolean {
  return stage.label === label && stage.outcome === 'running';
}

function markPhase(record: string, phase: DeployPhase): void {
  upsertSearchAttributes([
    { key: recordKey, value: record },
    { key: stageKey, value: phase },
  ]);
}
