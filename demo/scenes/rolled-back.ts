import { playDeployment } from '../play-deployment.ts';
import type { Scene } from '../scene.ts';

/** Black turns ill when it already has all the answers: red comes back by itself (D3). */
export const rolledBack: Scene = {
  name: 'rolled-back',
  summary: 'black turns ill during the bake, and red is put back by itself',
  play: async (stage) => {
    try {
      await playDeployment(stage, {
        name: 'rolled-back',
        record: stage.recordNamed('shop'),
        event: {
          when: ({ phase, share }) => phase === 'holding' && share === 100,
          sentence: 'now black turns ill: it answers every request with HTTP 503',
          happen: () => stage.sandbox.black.behave({ kind: 'status', status: 503 }),
        },
        expected: { outcome: 'rolled-back', states: ['red', '10 %', '50 %', 'black', 'red'], serves: 'red' },
      });
    } finally {
      await stage.sandbox.black.behave({ kind: 'well' });
    }
  },
};
