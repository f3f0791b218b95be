/**
 * Identity lives in To Do: a linked resource and an open extension, in the same request that creates the copy (S1). Two witnesses,
 * because a person can remove the link, and the extension is not in every answer.
 */
import { isDay } from './day.ts';
import { isMembers } from './is-members.ts';
import { isTaskId } from './is-task-id.ts';
import { isSettled, type Marker } from './model.ts';
import { taskUrl } from './task-url.ts';

/** Name of the open extension. */
export const EXTENSION = 'io.switchyard.task';

/** What `$expand` has to say, or it is in no answer. */
export const OUR_EXTENSION = `extensions($filter=id eq '${EXTENSION}')`;

/** The extension as Graph takes it. Every member is always there, '' for null: a PATCH leaves members that it does not name. */
export function writeMarker(marker: Marker): Record<string, unknown> {
  return {
    '@odata.type': 'microsoft.graph.openTypeExtension',
    extensionName: EXTENSION,
    source: marker.source,
    pair: marker.pair,
    user: marker.user,
    version: marker.version,
    hash: marker.hash,
    day: marker.day ?? '',
    occurrence: marker.occurrence ?? '',
    turn: marker.turn,
    settled: marker.settled,
    list: marker.list,
    overruled: marker.overruled ?? '',
  };
}

/**
 * What a change of it writes: of a completion that is known the one member that says so, of anything else all the others. A PATCH leaves
 * members that it does not name, so that neither can take the other back by landing late (S3).
 * https://learn.microsoft.com/graph/api/opentypeextension-update
 */
export function changeMarker(marker: Marker): Record<string, unknown> {
  const { settled, ...others } = writeMarker(marker);
  if (!isSettled(marker)) return others;
  return { '@odata.type': others['@odata.type'], extensionName: EXTENSION, settled };
}

/** The marker in an extension, or the first in a task's extensions. Null where there is none: a damaged one is no witness. */
export function readMarker(json: unknown): Marker | null {
  const members: readonly unknown[] = Array.isArray(json) ? json : [json];
  const ours = members.filter(isMembers).filter(isOurs).map(parseMarker);
  return ours.find((marker) => marker !== null) ?? null;
}

/** The name is not in every answer; the id is the name, or ends in it: `microsoft.graph.openTypeExtension.` may stand in front. */
function isOurs({ extensionName, id }: Readonly<Record<string, unknown>>): boolean {
  return extensionName === EXTENSION || (isText(id) && (id === EXTENSION || id.endsWith(`.${EXTENSION}`)));
}

function parseMarker(json: Readonly<Record<string, unknown>>): Marker | null {
  const { source, pair, user, version, hash, day, occurrence, turn, settled, list, overruled } = json;
  if (!isName(source) || !isTaskId(source) || !isName(pair) || !PAIR.test(pair) || !isText(hash)) return null;
  if (!isText(user) || !isText(occurrence) || !isText(list) || !isText(overruled)) return null;
  if (!isCount(version, 0) || !isCount(turn, 0) || !isCount(settled, -1)) return null;
  if (!isText(day) || (day !== '' && !isDay(day))) return null;
  const state = { version, hash, turn, settled, list };
  return {
    source,
    pair,
    user,
    ...state,
    day: orNull(day),
    occurrence: orNull(occurrence),
    overruled: orNull(overruled),
  };
}

const PAIR = /^[a-z][a-z0-9-]{0,62}$/;

const isText = (value: unknown): value is string => typeof value === 'string';
const isName = (value: unknown): value is string => isText(value) && value !== '';
const isCount = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= least;
const orNull = (text: string): string | null => (text === '' ? null : text);

/** The one link that a task in To Do can have: what a person follows to Todoist, and our marker in every answer. */
export interface LinkedResource {
  readonly applicationName: string;
  readonly displayName: string;
  readonly externalId: string;
  readonly webUrl: string;
}

/** The link as Graph takes it. */
export function writeLink(pair: string, source: string): LinkedResource {
  return {
    applicationName: 'Switchyard',
    displayName: 'Todoist',
    externalId: `${prefix(pair)}${source}`,
    webUrl: taskUrl(source),
  };
}

/** Id of the task in Todoist that the links of a task in To Do name for this pair; null where none does. */
export function readLink(linkedResources: unknown, pair: string): string | null {
  if (!Array.isArray(linkedResources)) return null;
  const ids = linkedResources.filter(isMembers).map((link) => link['externalId']);
  const ours = ids.filter(isText).filter((id) => id.startsWith(prefix(pair)));
  return ours.map((id) => id.slice(prefix(pair).length)).find(isTaskId) ?? null;
}

/** Names of pairs hold no colon, so what follows is the id whatever it holds. */
const prefix = (pair: string): string => `todoist:${pair}:`;
