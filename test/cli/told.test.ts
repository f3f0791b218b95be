import { Stop, problem } from '../../src/cli/stop.ts';
import { told } from '../../src/cli/told.ts';
import { ConfigError } from '../../src/config.ts';
import { EmbeddedFailure } from '../../src/embedded/failure.ts';
import { ServerLost } from '../../src/until-lost.ts';

test.each<[unknown, number, string]>([
  [new Stop(3, [problem('no.')]), 3, 'no.'],
  [new ConfigError(['SWITCHYARD_LOG: found "xml"']), 2, 'SWITCHYARD_LOG: found "xml"'],
  [new ServerLost(300_000), 6, 'Temporal has not answered for 300 s: the worker ends, so that it is started anew.'],
  [new EmbeddedFailure('died', 'It died.'), 6, 'It died.'],
  [new Error('boom'), 70, 'a fault of this client: Error: boom'],
])('%s is told as what it is, and is no fault of the client unless nobody foresaw it', (cause, exit, found) => {
  const ended = told(cause);
  expect(ended.exit).toBe(exit);
  expect(ended.problems.map((one) => one.found)).toEqual([found]);
});
