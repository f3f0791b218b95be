import { Option } from '@commander-js/extra-typings';

/** Options that several verbs take alike, each to be spread into `.option`. */
export const BY_OPTION = ['--by <who>', 'who asks (not authenticated); default: CI or OS user'] as const;

export const CONFIG_OPTION = [
  '--config <file>',
  'switchyard.yaml; default: SWITCHYARD_CONFIG, else found up to the git root',
] as const;

export const DETACH_OPTION = ['--detach', 'return once it is accepted'] as const;

export const START_WITHIN_OPTION = [
  '--start-within <duration>',
  'refuse when no worker begins within this; default: 5m',
] as const;

export const BLOCKED_WAIT_OPTION = [
  '--blocked-wait <duration>',
  'exit 4 when a rollback is blocked for this long; it keeps trying',
  '5m',
] as const;

/** Of verbs that follow a run. */
export const JSON_LINES_OPTION = ['--json', 'one JSON object a line'] as const;
/** Of the others. */
export const JSON_OPTION = ['--json', 'one JSON document'] as const;

/** What becomes of the run when its client is told to end; to be added with `.addOption`. */
export const onCancelOption = () =>
  new Option('--on-cancel <what>', 'at Ctrl-C and SIGTERM')
    .choices(['leave', 'abort'] as const)
    .default('leave' as const);
