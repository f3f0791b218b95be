import type { Command } from '@commander-js/extra-typings';
import { collect } from './command.ts';
import { CONFIG_OPTION } from './verb-options.ts';

/** What `plan` and `deploy` take alike: what to deploy, and how. Read as `RequestFlags`. */
export function addRequestOptions(verb: Command<[string]>) {
  return verb
    .option(
      '--to <values>',
      'addresses, a host name, or alias:DNS-NAME[@ZONEID][:eval]; again or comma-separated for several',
      collect,
    )
    .option('--zone <zone>', 'zone id or exact zone name; default: the longest zone that holds the record')
    .option('--role <name>', "whose credentials reach the zone: a name of the worker's SWITCHYARD_ROLES")
    .option('--type <type>', 'A, AAAA or CNAME; default: what stands there')
    .option('--from <values>', 'refuse when the record serves something else now', collect)
    .option('--strategy <name>', 'red-black (100), blue-green (50,100), canary (5,25,50,100)')
    .option('--steps <shares>', 'shares of traffic on the way, such as 5,50,100')
    .option('--hold <duration>', 'watch each step for this long; default: max(5m, 2 x TTL)')
    .option('--bake <duration>', 'watch 100 % for this long before promotion; default: max(15m, 3 x TTL)')
    .option(
      '--check <gate>',
      "a path (/healthz), a URL, tcp:PORT or dns; again for several; instead of the file's probes",
      collect,
    )
    .option('--unchecked', 'accept a deployment without a probe that looks at black before the first write')
    .option('--interval <duration>', 'between two probes; default: 5s')
    .option('--fail <rule>', 'ill at this many failures of the last probes; default: 4/6')
    .option('--deadline <duration>', 'roll back when it takes longer; default: 1.5 x the planned time, at least 30m')
    .option(
      '--confirm-by <duration>',
      'at 100 %: roll back unless somebody (./switchyard approve) or the gates of the whole bake confirm within this',
    )
    .option('--pre-lower-ttl <ttl>', 'lower the TTL first, and wait for the old one')
    .option('--ttl <seconds>', 'TTL after the promotion; default: as before')
    .option('--slow-rollback-ok', 'accept a TTL over 300 s')
    .option('--accept-ill-red', 'go on when red fails its checks; black must still pass')
    .option(
      '--accept-alarm <name>',
      'go on when this alarm fires, or has no data, at the start; once it has been OK it counts',
      collect,
    )
    .option(
      '--leave <type>',
      'accept that this type stands at the name and is not moved, such as AAAA or HTTPS',
      collect,
    )
    .option('--verify <how>', 'authoritative, or api for private zones and filtered port 53; default: authoritative')
    .option(...CONFIG_OPTION);
}
