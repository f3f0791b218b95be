import type { Stage } from './stage.ts';

/** What to try while the stage stays up. */
export function invite({ env, sandbox, temporal, ...stage }: Stage): readonly string[] {
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
    `Temporal's UI is at ${temporal.place.ui ?? 'no address'}; what else can turn ill: curl ${control.url}`,
  ];
}

function digAt(server: string): string {
  const [host = '', port = ''] = server.split(':');
  return `-p ${port} @${host}`;
}
