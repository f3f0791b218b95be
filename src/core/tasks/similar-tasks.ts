import type { Stranger } from './model.ts';
import type { WantedTask } from './plan.ts';
import { titleKey } from './title-key.ts';

/**
 * For tasks without a copy, by their ids: an unmarked task with the same title and day, each for one of them only, the oldest first. One
 * that has a link already cannot be marked.
 */
export function similarTasks(
  wanted: readonly WantedTask[],
  strangers: readonly Stranger[],
): ReadonlyMap<string, Stranger> {
  const free = byLikeness(strangers);
  const similar = new Map<string, Stranger>();
  for (const { task, fields } of wanted) {
    const [full, bare] = [likeness(fields.title, fields.day), likeness(task.content, fields.day)];
    const stranger = free.get(full)?.shift() ?? free.get(bare)?.shift();
    if (stranger !== undefined) similar.set(task.id, stranger);
  }
  return similar;
}

function byLikeness(strangers: readonly Stranger[]): ReadonlyMap<string, Stranger[]> {
  const free = new Map<string, Stranger[]>();
  const oldestFirst = [...strangers].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  for (const stranger of oldestFirst) {
    if (stranger.hasLink) continue;
    const key = likeness(stranger.title, stranger.day);
    free.set(key, [...(free.get(key) ?? []), stranger]);
  }
  return free;
}

const likeness = (title: string, day: string | null): string => `${day ?? ''} ${titleKey(title)}`;
