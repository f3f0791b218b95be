import type { Game } from './game.ts';
import type { Ground, Part } from './ground.ts';

/** One thing that breaks, and what has to come out of it. Begins on red, and leaves red behind. */
export interface Scene {
  readonly name: string;
  readonly breaks: readonly Part[];
  readonly expects: string;
  play(game: Game, ground: Pick<Ground, 'record'>): Promise<void>;
}

const worker: Scene = {
  name: 'worker',
  breaks: ['worker'],
  expects: 'another worker watches on within seconds, nothing is rolled back, and black is promoted',
  play: async (game, { record }) => {
    await game.untilHeld();
    await game.strike('worker');
    await game.sees('another worker answers for the deployment');
    await game.types(0, 'watch', record);
    await game.types(0, 'undo', record);
  },
};

const database: Scene = {
  name: 'database',
  breaks: ['database'],
  expects: 'the deployment stands still, goes on when the database is back, and black is promoted',
  play: async (game, { record }) => {
    await game.untilHeld();
    await game.strike('database');
    await game.mend('database');
    await game.sees('the deployment goes on');
    await game.types(0, 'watch', record);
    await game.types(0, 'undo', record);
  },
};

const guard: Scene = {
  name: 'guard',
  breaks: ['run'],
  expects: 'nobody restores red, until the guard looks twice, 2 min apart',
  play: async (game, { record }) => {
    await game.untilHeld();
    await game.strike('run');
    const said = await game.types(0, 'guard', '--once', '--restore', record);
    game.check('the guard has put red back', said.includes('restored'));
  },
};

const gateway: Scene = {
  name: 'gateway',
  breaks: ['gateway', 'alarm'],
  expects: 'no deployment notices; an alarm that nobody took is sent again, and aborts it',
  play: async (game, { record }) => {
    await game.untilHeld();
    await game.strike('gateway');
    const taken = await game.strike('alarm').then(
      () => true,
      () => false,
    );
    game.check('nobody takes the alarm, and its sender knows', !taken);
    await game.sees('the deployment goes on');
    await game.mend('gateway');
    await game.strike('alarm');
    await game.types(1, 'watch', record);
  },
};

const secret: Scene = {
  name: 'secret',
  breaks: ['secret'],
  expects: 'the next deployment is refused before it writes, and names the secret; given back, it deploys again',
  play: async (game, { record }) => {
    await game.strike('secret');
    const said = await game.deploys(3);
    game.check('the sentence names what is missing', /secret/i.test(said));
    await game.mend('secret');
    await game.untilHeld();
    await game.types(0, 'abort', record, '--reason', 'game day');
  },
};

export const SCENES: readonly Scene[] = [worker, database, guard, gateway, secret];
