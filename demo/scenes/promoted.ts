import { playDeployment } from '../play-deployment.ts';
import type { Scene } from '../scene.ts';

/** Everything goes well: black gets 10 %, 50 %, all of the answers, and stays. */
export const promoted: Scene = {
  name: 'promoted',
  summary: 'black stays healthy and is promoted',
  play: (stage) =>
    playDeployment(stage, {
      name: 'promoted',
      record: stage.recordNamed('www'),
      event: null,
      expected: { outcome: 'promoted', states: ['red', '10 %', '50 %', 'black'], serves: 'black' },
    }),
};
