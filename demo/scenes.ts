import type { Scene } from './scene.ts';
import { aborted } from './scenes/aborted.ts';
import { approval } from './scenes/approval.ts';
import { docs } from './scenes/docs.ts';
import { group } from './scenes/group.ts';
import { guard } from './scenes/guard.ts';
import { metrics } from './scenes/metrics.ts';
import { promoted } from './scenes/promoted.ts';
import { rolledBack } from './scenes/rolled-back.ts';
import { sync } from './scenes/sync.ts';

/** The tour, in its order. All of it stays within three minutes, however many scenes there are. */
export const SCENES: readonly Scene[] = [promoted, rolledBack, aborted, metrics, approval, group, guard, sync, docs];
