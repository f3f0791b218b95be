/** What `doctor sync/PAIR` finds out on the worker: reach, tokens and accounts of both services. Changes nothing. */
import type { Finding } from '../../contracts/doctor.ts';
import type { PairSpec } from '../../contracts/sync.ts';
import { whatItSays } from '../../policies/as-temporal-failure.ts';
import { signInState } from '../../sign-in/sign-in-state.ts';
import { asActivityFailure } from './as-activity-failure.ts';
import { mustBeAccount } from './must-be-account.ts';
import { openServices, READ_ONLY, type ServiceDeps } from './open-services.ts';

/** One finding a check; one that fails does not keep the others from being made. Never throws. */
export async function diagnoseSync(
  deps: ServiceDeps,
  spec: PairSpec,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const services = () => openServices(deps, spec, READ_ONLY);
  return Promise.all([
    finding('todoist', spec, async () => {
      const { timeZone } = await services().todoist.account(signal);
      return `The token is accepted; the account's time zone is ${timeZone}.`;
    }),
    signInFinding(deps, spec),
    finding('to do', spec, async () => {
      const { graph } = services();
      await mustBeAccount(graph, spec, signal);
      await graph.get('/todo/lists?$top=1', 'GET lists', signal);
      return spec.to.account === null ? 'The token is accepted.' : `${spec.to.account} can be reached.`;
    }),
  ]);
}

async function finding(check: string, spec: PairSpec, ask: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, sentence: await ask(), next: null };
  } catch (error) {
    const { sentence, next } = whatItSays(asActivityFailure(error, spec));
    return { check, ok: false, sentence, next };
  }
}

async function signInFinding({ config }: ServiceDeps, { pair, to }: PairSpec): Promise<Finding> {
  const check = 'sign-in';
  const { microsoft } = config.tasks;
  if (to.secret !== null) return { check, ok: true, sentence: `The token is the secret ${to.secret}.`, next: null };
  if (to.access === 'application') return { check, ok: true, sentence: 'The worker signs in as itself.', next: null };
  const state = await signInState({ microsoft, pair });
  if (state === null) {
    const sentence = 'The kept sign-in cannot be looked at.';
    return { check, ok: null, sentence, next: 'Let the worker read SWITCHYARD_TOKEN_DIR.' };
  }
  if (state.kind !== 'signed-in') return { check, ok: false, sentence: 'Nobody is signed in.', next: state.next };
  const kept = state.encrypted ? 'kept encrypted' : 'kept as it is (set SWITCHYARD_TOKEN_KEY to encrypt it)';
  return { check, ok: true, sentence: `Signed in as ${state.account}, ${kept}.`, next: null };
}
