import { playDocs } from '../play-docs.ts';
import type { Scene } from '../scene.ts';

/** The documentation of Switchyard itself: published, changed, refused by a gate and rolled back under the eyes of a reader (P1 to P3). */
export const docs: Scene = {
  name: 'docs',
  summary: "Switchyard's own documentation is published, a broken change is refused, and a rollback needs no build",
  play: playDocs,
};
