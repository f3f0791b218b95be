import type { Stage } from './stage.ts';

/** One chore run in front of your eyes: it shows itself, checks its own end, and leaves the stage as it found it. */
export interface Scene {
  /** As in `npm run demo -- NAME`. */
  readonly name: string;
  /** What there is to see, in a few words. */
  readonly summary: string;
  /** @throws SceneFailed where the end is not what the scene is there to show. */
  play(stage: Stage): Promise<void>;
}

/** A scene that ended otherwise than it should: each sentence says what was expected and what was found. */
export class SceneFailed extends Error {
  constructor(name: string, problems: readonly string[]) {
    super([`The scene ${name} failed:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'SceneFailed';
  }
}
