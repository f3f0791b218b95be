import { askToAbort } from '../../src/cli/follow.ts';
import { playDeployment } from '../play-deployment.ts';
import type { Scene } from '../scene.ts';

const REASON = 'checkout is slow';

/** An operator does not like what he sees at 50 %, and takes it back (D3). */
export const aborted: Scene = {
  name: 'aborted',
  summary: 'an operator aborts at 50 %',
  play: (stage) => {
    const record = stage.recordNamed('api');
    return playDeployment(stage, {
      name: 'aborted',
      record,
      event: {
        when: ({ phase, share }) => phase === 'holding' && share === 50,
        sentence: `now an operator types: ./switchyard abort ${record} --reason "${REASON}"`,
        happen: (run) => askToAbort(stage.temporal, run, { by: 'operator', reason: REASON }),
      },
      expected: { outcome: 'rolled-back', states: ['red', '10 %', '50 %', 'red'], serves: 'red' },
    });
  },
};
