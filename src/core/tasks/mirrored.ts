import type { MapOptions } from './map-task.ts';
import type { Fields } from './model.ts';

/** What is mirrored; the rest is the person's own. */
export type Mirror = Pick<MapOptions, 'reminders' | 'categories'>;

/** The part of what was found that is compared: reminders and categories that are not mirrored are the person's own, and count as none. */
export function mirrored(found: Fields, mirror: Mirror): Fields {
  return {
    ...found,
    reminder: mirror.reminders ? found.reminder : null,
    categories: mirror.categories ? found.categories : [],
  };
}
