import type { Stage } from './stage.ts';
import type { TasksStage } from './tasks-stage.ts';

/** What to try while the stage stays up. */
export function invite({ env, sandbox, temporal, ...stage }: Stage, tasks: TasksStage): readonly string[] {
  const record = stage.recordNamed('api');
  const { black, control } = sandbox;
  return [
    'Everything stays up until Ctrl-C. In another terminal, in this folder:',
    '',
    ...['TEMPORAL_ADDRESS', 'TEMPORAL_UI_URL'].flatMap((name) =>
      name in env ? [`  export ${name}=${env[name] ?? ''}`] : [],
    ),
    `  ./switchyard deploy ${record} --to ${black.address} --steps 10,50,100 --hold 30s --bake 1m --interval 1s --check /healthz`,
    '',
    'and while it runs:',
    '',
    `  curl ${control.url}/endpoints/${black.address} -d '{"kind":"status","status":503}'   # black turns ill`,
    `  curl ${control.url}/endpoints/${black.address} -d '{"kind":"well"}'                  # and well again`,
    `  ./switchyard status ${record}`,
    `  ./switchyard abort ${record} --reason "just to see it"`,
    `  dig +short ${digAt(sandbox.nameServers.addresses[0] ?? '')} ${record}`,
    '',
    ...inviteToSync(tasks),
    '',
    `Temporal's UI is at ${temporal.place.ui ?? 'no address'}; what else can turn ill: curl ${control.url}`,
  ];
}

function inviteToSync({ services, pair }: TasksStage): readonly string[] {
  const { control, configFile } = services;
  return [
    'and for a sync of Todoist to To Do:',
    '',
    `  curl ${control.url}/todoist -d '{"content":"Buy bread","due":"tomorrow"}'     # somebody adds a task`,
    `  ./switchyard sync ${pair} --config ${configFile}`,
    `  curl ${control.url}   # complete tasks, throttle, sign in: all that can be played`,
  ];
}

function digAt(server: string): string {
  const [host = '', port = ''] = server.split(':');
  return `-p ${port} @${host}`;
}
