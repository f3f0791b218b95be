import { listAt, numberAt, textAt, textsAt } from './read-loosely.ts';

/** Record sets of unknown age in a few words: `A 192.0.2.10 (TTL 60)`, `A 192.0.2.10 (weight 50), A 192.0.2.20 (weight 50)`. */
export function setsWords(sets: unknown): string {
  const words = listAt({ sets }, 'sets').map(setWords);
  return words.length === 0 ? 'nothing' : words.join(', ');
}

function setWords(set: unknown): string {
  const alias = textAt(set, 'alias', 'dnsName');
  const values = alias === null ? textsAt(set, 'values').join(' ') : `alias ${alias}`;
  const [weight, ttl] = [numberAt(set, 'weight'), numberAt(set, 'ttl')];
  const more = [weight === null ? [] : [`weight ${weight}`], ttl === null ? [] : [`TTL ${ttl}`]].flat();
  return `${textAt(set, 'type') ?? '?'} ${values}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

/** `4 of 4 name servers answer 192.0.2.10`; who answers otherwise, or was not seen, is named. */
export function serverWords(servers: readonly unknown[]): { readonly sentence: string; readonly agree: boolean } {
  if (servers.length === 0) return { sentence: 'the name servers were not asked', agree: true };
  const agreeing = servers.filter((server) => textAt(server, 'kind') === 'agrees');
  const answers = [...new Set(agreeing.flatMap((server) => textsAt(server, 'values')))].sort();
  const odd = servers.filter((server) => !agreeing.includes(server)).map(oddWords);
  const shown = answers.length === 0 ? '' : `: ${answers.join(' or ')}`;
  return {
    sentence: [`${agreeing.length} of ${servers.length} name servers answer as wanted${shown}`, ...odd].join('; '),
    agree: odd.length === 0,
  };
}

function oddWords(server: unknown): string {
  const name = textAt(server, 'server') ?? 'one';
  const values = textsAt(server, 'values').join(', ');
  return textAt(server, 'kind') === 'differs' ? `${name} answers ${values || 'nothing'}` : `${name} was not seen`;
}

/** The share of the answers that are black's by the names that Switchyard gives to weighted sets; null where there are none. */
export function shareOfSets(sets: readonly unknown[]): number | null {
  const weights = { red: 0, black: 0 };
  for (const set of sets) {
    const side = /^switchyard-(red|black)-/.exec(textAt(set, 'setIdentifier') ?? '')?.[1];
    if (side === 'red' || side === 'black') weights[side] += numberAt(set, 'weight') ?? 0;
  }
  const total = weights.red + weights.black;
  return total === 0 ? null : Math.round((1_000 * weights.black) / total) / 10;
}
