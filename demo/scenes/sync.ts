import { playSync } from '../play-sync.ts';
import type { Scene } from '../scene.ts';

/** Sixty tasks get to To Do once each, whatever happens on the way; then both sides change (S1 to S3). */
export const sync: Scene = {
  name: 'sync',
  summary: '60 tasks go from Todoist to To Do, the worker is killed and To Do throttles on the way',
  play: playSync,
};
