import type { PlannedAction, SyncPlanView } from '../contracts/sync-activities.ts';
import { ACTION_KINDS, type ActionKind } from '../contracts/sync.ts';
import { asSubject } from './parse/pair-name.ts';
import { planWords, setAsideLines } from './render-sync.ts';
import { count, outside, table } from './words.ts';

const SIGNS = {
  create: '+',
  adopt: '+',
  update: '~',
  complete: '~',
  close: '~',
  reopen: '~',
  move: '~',
  repair: '~',
  remove: '-',
} satisfies Record<ActionKind, string>;

/** What a run would do, one line a task. */
export function syncPlanLines(pair: string, plan: SyncPlanView): readonly string[] {
  const { inScope, links, planned, actions, stop } = plan;
  return [
    `${asSubject(pair)}  ${count(inScope, 'task')} in scope, ${count(links, 'copy', 'copies')} in To Do: ${planWords(planned)}`,
    ...table(actions.map(actionCells)),
    ...moreLine(plan),
    ...setAsideLines(plan),
    ...similarLine(pair, plan.similar),
    ...(stop === null ? [] : [`stopped      ${outside(stop.sentence)} ${outside(stop.next)}`]),
    'Nothing was written.',
  ];
}

const actionCells = ({ kind, id, why }: PlannedAction): readonly string[] => [
  ` ${SIGNS[kind]} ${kind}`,
  outside(id),
  outside(why),
];

export const plannedActions = ({ planned }: SyncPlanView): number =>
  ACTION_KINDS.reduce((sum, kind) => sum + planned[kind], 0);

function moreLine(plan: SyncPlanView): readonly string[] {
  const more = plannedActions(plan) - plan.actions.length;
  return more > 0 ? [`   and ${more} more`] : [];
}

function similarLine(pair: string, similar: number): readonly string[] {
  if (similar === 0) return [];
  const tasks = similar === 1 ? '1 task of yours has' : `${similar} tasks of yours have`;
  return [
    `similar      ${tasks} the title and day of one that has no copy yet; ./switchyard sync ${pair} --adopt takes over instead of creating`,
  ];
}
