/** What the command line of `plan` and `deploy` says, as text: read by {@link deployRequest}. */
export interface RequestFlags {
  readonly to?: readonly string[] | undefined;
  readonly zone?: string | undefined;
  readonly role?: string | undefined;
  readonly type?: string | undefined;
  readonly from?: readonly string[] | undefined;
  readonly strategy?: string | undefined;
  readonly steps?: string | undefined;
  readonly hold?: string | undefined;
  readonly bake?: string | undefined;
  readonly check?: readonly string[] | undefined;
  readonly unchecked?: boolean | undefined;
  readonly interval?: string | undefined;
  readonly fail?: string | undefined;
  readonly deadline?: string | undefined;
  readonly confirmBy?: string | undefined;
  readonly preLowerTtl?: string | undefined;
  readonly ttl?: string | undefined;
  readonly slowRollbackOk?: boolean | undefined;
  readonly acceptIllRed?: boolean | undefined;
  readonly acceptAlarm?: readonly string[] | undefined;
  readonly leave?: readonly string[] | undefined;
  readonly verify?: string | undefined;
  readonly planHash?: string | undefined;
  readonly requestId?: string | undefined;
  readonly startWithin?: string | undefined;
  readonly by?: string | undefined;
  readonly overrideFreeze?: string | undefined;
}

/** What a plan is made from: with `--plan FILE` all of it comes from the file. */
export const PLANNED_FLAGS = [
  'to',
  'zone',
  'role',
  'type',
  'from',
  'strategy',
  'steps',
  'hold',
  'bake',
  'check',
  'unchecked',
  'interval',
  'fail',
  'deadline',
  'confirmBy',
  'preLowerTtl',
  'ttl',
  'slowRollbackOk',
  'acceptIllRed',
  'acceptAlarm',
  'leave',
  'verify',
  'planHash',
] as const satisfies readonly (keyof RequestFlags)[];
