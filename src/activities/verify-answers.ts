import type { Verified, VerifyInput } from '../contracts/deploy-activities.ts';
import type { ServerView } from '../contracts/deploy.ts';
import type { RecordSet, RecordSets } from '../core/dns/record-set.ts';
import { cleanText } from '../core/clean-text.ts';
import { failure } from '../policies/failures.ts';
import { askNameServer, plainValue, type NameServerAnswer } from './ask-name-server.ts';
import { authoritativeServers, type AuthoritativeServer } from './authoritative-servers.ts';
import type { LookDeps } from './look-deps.ts';
import { beating, unlessEnded, type Pulse } from './pulse.ts';

/**
 * Asks every authoritative server until each has answered as wanted `inARow` times. A server that does not answer is
 * reported as not seen; one whose last answer after `limitMs` is wrong is a failure, also where it has fallen silent since (D3).
 * Works without Temporal: `pulse` is `plainPulse()` there.
 *
 * @throws WrongAnswer with server, expectation and what it answers.
 */
export async function verifyAnswers(deps: LookDeps, input: VerifyInput, pulse: Pulse): Promise<Verified> {
  if (input.mode === 'api') return { at: pulse.now(), servers: [] };
  const servers = await authoritativeServers(input.zone, deps.reach.nameServers, deps.resolve);
  const wanted = await wantedAnswers(deps, input.sets);
  const until = pulse.now() + input.limitMs;
  const views = await beating(pulse, () =>
    unlessEnded(
      pulse,
      Promise.all(servers.map((server) => watchServer({ deps, input, pulse, until, wanted }, server))),
    ),
  );
  const wrong = views.find((view) => view.wrong !== null);
  if (wrong?.wrong != null) throw wrongAnswer(input, wrong.view, wrong.wrong);
  return { at: pulse.now(), servers: views.map(({ view }) => view) };
}

/** What counts as right for one type. */
interface Wanted {
  readonly type: string;
  /** `exactly` these, or `any` one set's of these; `something` where an alias decides and was compared. */
  readonly kind: 'exactly' | 'any' | 'something';
  readonly answers: readonly (readonly string[])[];
}

interface Look {
  readonly deps: LookDeps;
  readonly input: VerifyInput;
  readonly pulse: Pulse;
  readonly until: number;
  readonly wanted: readonly Wanted[];
}

interface Seen {
  readonly view: ServerView;
  /** The expectation that was missed when time was up; null where there was none. */
  readonly wrong: Wanted | null;
}

/** Unanswered looks in a row after which a server counts as not seen. */
const SILENT_AFTER = 3;

async function watchServer(look: Look, server: AuthoritativeServer): Promise<Seen> {
  const { input, pulse } = look;
  let right = 0;
  let silent = 0;
  let lastWrong: Seen | null = null;
  let lastSpoke: Seen | null = null;
  for (;;) {
    const seen = await lookOnce(look, server);
    if (seen.wrong !== null) lastWrong = seen;
    if (seen.view.kind !== 'not-seen') lastSpoke = seen;
    right = seen.view.kind === 'not-seen' || seen.wrong !== null ? 0 : right + 1;
    silent = seen.view.kind === 'not-seen' ? silent + 1 : 0;
    if (right >= input.inARow || pulse.signal.aborted) return seen;
    // Silence takes nothing back: what answered wrongly last is asked until time is up, and stays wrong then.
    if (silent >= SILENT_AFTER && (lastSpoke?.wrong ?? null) === null) return seen;
    if (pulse.now() >= look.until) return lastWrong ?? seen; // now right, now wrong: a server that has not settled
    await pulse.sleep(input.everyMs);
  }
}

async function lookOnce(look: Look, { name, address }: AuthoritativeServer): Promise<Seen> {
  const unseen: Seen = { view: { server: name, kind: 'not-seen', values: [] }, wrong: null };
  if (address === null) return unseen;
  const { deps, input, pulse } = look;
  const answers = await Promise.all(
    look.wanted.map(async (wanted) => ({
      wanted,
      answer: await askNameServer(
        address,
        { name: input.record, type: wanted.type },
        { timeoutMs: deps.askTimeoutMs, signal: pulse.signal },
      ),
    })),
  );
  const values = answers.flatMap(({ answer }) => (answer.kind === 'answer' ? answer.values : []));
  if (answers.some(({ answer }) => answer.kind === 'silent')) return unseen;
  const wrong = answers.find(({ wanted, answer }) => !isRight(wanted, answer));
  const differs = wrong !== undefined || answers.some(({ wanted, answer }) => strays(wanted, answer));
  return { view: { server: name, kind: differs ? 'differs' : 'agrees', values }, wrong: wrong?.wanted ?? null };
}

function isRight(wanted: Wanted, answer: NameServerAnswer): boolean {
  if (answer.kind === 'silent') return false;
  if (wanted.kind === 'something') return answer.values.length > 0;
  return wanted.answers.some((values) => sameValues(values, answer.values));
}

/** An alias that answers otherwise than its target: reported, since the target's answers move by themselves. */
function strays(wanted: Wanted, answer: NameServerAnswer): boolean {
  if (wanted.kind !== 'something' || answer.kind === 'silent') return false;
  const known = new Set(wanted.answers.flat());
  return !answer.values.every((value) => known.has(value));
}

async function wantedAnswers(deps: LookDeps, sets: RecordSets): Promise<readonly Wanted[]> {
  const types = [...new Set(sets.map((set) => set.type))];
  return Promise.all(types.map((type) => wantedOf(deps, type, answering(sets.filter((set) => set.type === type)))));
}

async function wantedOf(deps: LookDeps, type: string, sets: RecordSets): Promise<Wanted> {
  const answers = await Promise.all(sets.map((set) => answersOf(deps, set)));
  if (sets.some((set) => set.alias !== null)) return { type, kind: 'something', answers };
  return { type, kind: sets.length > 1 ? 'any' : 'exactly', answers };
}

/** Route 53 never answers with a set of weight 0, unless all have it. */
function answering(sets: RecordSets): RecordSets {
  const weighty = sets.filter((set) => set.weight !== 0);
  return weighty.length > 0 ? weighty : sets;
}

async function answersOf(deps: LookDeps, set: RecordSet): Promise<readonly string[]> {
  if (set.alias === null) return set.values.map((value) => plainValue(set.type, value)).sort();
  const type = set.type === 'AAAA' ? 'AAAA' : 'A';
  const found = await deps.resolve(set.alias.dnsName, [type]).catch(() => []);
  return found.map((value) => plainValue(type, value)).sort();
}

function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].sort().join() === [...new Set(b)].sort().join();
}

function wrongAnswer({ record }: VerifyInput, view: ServerView, wanted: Wanted) {
  const expected = wanted.answers.map((values) => values.join(' and ')).join(' or ') || 'an answer';
  const found = view.values.join(' and ') || 'nothing';
  const sentence = `${record} ${wanted.type}: the name server ${view.server} answers ${found}, expected ${expected}.`;
  return failure('WrongAnswer', cleanText(sentence, 1_000), {
    next: 'Compare with the record in the Route 53 console: another zone of this name may be delegated.',
    details: view,
  });
}
