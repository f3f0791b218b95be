import type { Fields } from './model.ts';

/** The part of what was found that is compared: reminders and categories that are not mirrored are the person's own, and count as none. */
export function mirrored(found: Fields, mirror: { readonly reminders: boolean; readonly categories: boolean }): Fields {
  return {
    ...found,
    reminder: mirror.reminders ? found.reminder : null,
    categories: mirror.categories ? found.categories : [],
  };
}
