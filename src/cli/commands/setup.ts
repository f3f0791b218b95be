import { formatDuration } from '../../core/duration.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { must } from '../must-read.ts';
import { parseSpan } from '../parse/numbers.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';

export const addSetup: AddVerb = (program, { terminal, does }) => {
  program
    .command('setup')
    .description(
      'make a Temporal of your own ready for Switchyard: the namespace, where there is none, and its search attributes; safe to repeat, changes nothing that is there',
    )
    .option('--retention <duration>', 'of a new namespace: how long closed runs can be looked at', '30d')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('setup', 'setup --namespace switchyard --retention 90d'))
    .action(does((flags) => setup(terminal, flags)));
};

interface SetupFlags extends PlaceFlags {
  readonly retention: string;
}

/** The server takes no less than a day; `parseDuration` reads no more than 366. */
const RETENTION = { minMs: 86_400_000, maxMs: 366 * 86_400_000, range: 'from 1d to 366d' };

async function setup(terminal: Terminal, flags: SetupFlags): Promise<ExitCode> {
  const retentionMs = must(parseSpan(flags.retention, '--retention', RETENTION));
  const { setUpNamespace } = await import('../set-up-namespace.ts');
  return withTemporal(terminal, flags, async (temporal) => {
    const made = await setUpNamespace(temporal, retentionMs);
    const { namespace } = temporal.place;
    terminal.out(
      made
        ? `namespace ${namespace} made; closed runs stay for ${formatDuration(retentionMs)}`
        : `namespace ${namespace} was there`,
    );
    terminal.out('its search attributes can be used');
    return EXIT.done;
  });
}
