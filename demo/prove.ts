import type { Observer } from '../test/support/observer.ts';
import { colourOf, type Colours } from './traffic-share.ts';
import { askAll, type Watched } from './watch-answers.ts';

/** What an authoritative server answered in a row; null: it was silent. */
export interface ServerProof {
  readonly server: string;
  readonly answers: readonly (readonly string[] | null)[];
}

/** What really happened to a record, by those who saw it: the name servers, and Route 53's own log of changes. */
export interface Proof {
  readonly servers: readonly ServerProof[];
  readonly states: readonly string[];
  readonly fence: string;
  readonly batches: number;
}

const ASKED = 10;

export async function prove(watched: Watched, observer: Observer): Promise<Proof> {
  const rounds: (readonly (readonly string[] | null)[])[] = [];
  for (let round = 0; round < ASKED; round++) rounds.push(await askAll(watched));
  return {
    servers: watched.servers.map((server, at) => ({ server, answers: rounds.map((answers) => answers[at] ?? null) })),
    states: observer.everyState(),
    fence: observer.fenceStage(),
    batches: observer.writes(),
  };
}

/** For people: a line a server, then the changes. */
export function proofLines({ servers, states, fence, batches }: Proof, colours: Colours): readonly string[] {
  return [
    ...servers.map(
      ({ server, answers }, at) =>
        `${at === 0 ? 'answers' : ''.padEnd(7)}      ${serverWords(server, answers, colours)}`,
    ),
    `change log   ${states.join(' -> ')}, in ${batches} batches; the fence is ${fence}`,
  ];
}

/** `127.0.0.1:5301  192.0.2.10 (red), 10 of 10`. */
function serverWords(server: string, answers: ServerProof['answers'], colours: Colours): string {
  const spoken = answers.map((values) =>
    values === null ? 'silent' : `${values.join(', ') || 'no address'} (${colourOf(values, colours)})`,
  );
  const kinds = [...new Set(spoken)].map(
    (kind) => `${kind}, ${spoken.filter((other) => other === kind).length} of ${spoken.length}`,
  );
  return `name server ${server}  ${kinds.join('; ')}`;
}

export interface Expected {
  readonly states: readonly string[];
  /** What every server answers at the end. */
  readonly serves: 'red' | 'black';
  /** What its fence says; at rest unless told otherwise. */
  readonly fence?: 'reset';
}

/** Everything in which the proof is not what was expected, a sentence each. */
export function disproved(
  { servers, states, fence }: Proof,
  { expected, colours }: { readonly expected: Expected; readonly colours: Colours },
): readonly string[] {
  const wrong = servers.filter(
    ({ answers }) => !answers.every((values) => values !== null && colourOf(values, colours) === expected.serves),
  );
  return [
    ...wrong.map(
      ({ server, answers }) => `expected only ${expected.serves} of ${serverWords(server, answers, colours)}`,
    ),
    ...(states.join() === expected.states.join()
      ? []
      : [`the change log: expected ${expected.states.join(' -> ')}, found ${states.join(' -> ')}`]),
    ...(fence === (expected.fence ?? 'idle')
      ? []
      : [`the fence: expected ${expected.fence ?? 'idle'}, found ${fence}`]),
  ];
}
