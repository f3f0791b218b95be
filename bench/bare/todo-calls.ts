/** What somebody without Switchyard would call: no marker, no looking before, no looking after. */
export interface TodoPlace {
  /** Root of Microsoft Graph. */
  readonly url: string;
  readonly token: string;
  /** Id of a list. */
  readonly list: string;
}

export async function newList(url: string, token: string): Promise<TodoPlace> {
  const { id } = (await post({ url, token, list: '' }, '/me/todo/lists', { displayName: 'bare' })) as { id: string };
  return { url, token, list: id };
}

/** The script that this replaces: one task after another. */
export async function postOneByOne(place: TodoPlace, tasks: number): Promise<void> {
  for (let at = 0; at < tasks; at++) await post(place, `/me/todo/lists/${place.list}/tasks`, taskOf(at));
}

const BATCH = 20;
const LANES = 4;

/** The floor of the throttle: as many requests at once as it lets pass, each a batch of as many as it takes. */
export async function postInLanes(place: TodoPlace, tasks: number): Promise<void> {
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (sent < tasks) {
      const from = sent;
      sent = Math.min(tasks, sent + BATCH);
      await post(place, '/$batch', { requests: chainOf(place, from, sent) });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function chainOf({ list }: TodoPlace, from: number, to: number): readonly unknown[] {
  return Array.from({ length: to - from }, (_, index) => ({
    id: String(index),
    ...(index === 0 ? {} : { dependsOn: [String(index - 1)] }),
    method: 'POST',
    url: `/me/todo/lists/${list}/tasks`,
    headers: { 'content-type': 'application/json' },
    body: taskOf(from + index),
  }));
}

function taskOf(at: number) {
  return {
    title: `Task ${at}: what is to be done, in a line of the usual length`,
    body: { content: 'A line that says where it is from, and a link to it.', contentType: 'text' },
    importance: 'normal',
    dueDateTime: { dateTime: '2027-01-01T00:00:00', timeZone: 'Europe/Berlin' },
  };
}

async function post({ url, token }: TodoPlace, path: string, body: unknown): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${path}: HTTP ${answer.status}`);
  return answer.json();
}
