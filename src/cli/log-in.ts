import { dirname } from 'node:path';
import { loadMicrosoftConfig, type MicrosoftConfig } from '../config.ts';
import type { PairSpec } from '../contracts/sync.ts';
import { applicationTokens } from '../sign-in/application-tokens.ts';
import { signInByCode, type ShownCode } from '../sign-in/sign-in-by-code.ts';
import { rememberSignIn, signInFile } from '../sign-in/sign-in-file.ts';
import { isAccount } from '../sign-in/sign-in-words.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { hearInterrupts } from './interrupts.ts';
import { orStop } from './sign-in-stop.ts';
import { problem, Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { about, countdown, outside } from './words.ts';

/** Whose To Do a pair writes. */
export interface LogInPair {
  readonly pair: string;
  readonly to: Pick<PairSpec['to'], 'account' | 'secret' | 'access'>;
}

/** Signs in for a pair, in whichever way it needs, and says where that is kept. @throws Stop */
export async function logIn(terminal: Terminal, wanted: LogInPair, as: 'json' | 'lines'): Promise<ExitCode> {
  const { secret, access } = wanted.to;
  const desk = { terminal, wanted, as, microsoft: loadMicrosoftConfig(terminal.env) };
  if (secret !== null) return needsNone(desk, `it takes a ready access token, the worker's secret ${secret}`);
  if (access === 'application') return tryApplication(desk);
  return signInPerson(desk);
}

interface Desk {
  readonly terminal: Terminal;
  readonly wanted: LogInPair;
  readonly as: 'json' | 'lines';
  readonly microsoft: MicrosoftConfig;
}

async function tryApplication(desk: Desk): Promise<ExitCode> {
  const { microsoft, wanted } = desk;
  const trial = async (): Promise<string> => {
    const tokens = applicationTokens({ microsoft, mailbox: wanted.to.account ?? '', now: Date.now });
    return tokens.accessToken(new AbortController().signal);
  };
  await orStop(trial());
  return needsNone(
    desk,
    'the application signs in by itself, and its credentials in this environment were accepted just now',
  );
}

function needsNone(desk: Desk, why: string): ExitCode {
  tell(desk, { event: 'not-needed', why }, [`not needed  pair ${desk.wanted.pair} needs no login: ${why}`]);
  return EXIT.done;
}

async function signInPerson(desk: Desk): Promise<ExitCode> {
  const { microsoft, wanted } = desk;
  mustHaveApplication(microsoft);
  const signIn = await approved(desk);
  if (typeof signIn === 'number') return signIn;
  const { account } = wanted.to;
  if (account !== null && !isAccount(signIn.account, account)) throw wrongAccount(signIn.account, wanted);
  const place = { microsoft, pair: wanted.pair };
  await orStop(rememberSignIn(place, signIn));
  sayKept(desk, signIn.account, signInFile(place));
  return EXIT.done;
}

function mustHaveApplication({ clientId }: MicrosoftConfig): void {
  if (clientId !== null) return;
  const next = 'README, "Sync your tasks", shows how to register an application';
  throw new Stop(EXIT.usage, [
    problem('SWITCHYARD_MICROSOFT_CLIENT_ID is not set', 'the application (client) id of your app registration', next),
  ]);
}

interface Waiting {
  /** Null: there is no code yet. */
  until: number | null;
  /** That may be drawn over. */
  lines: number;
}

/** Who approved, or the exit code of the signal that ended the waiting. */
async function approved(desk: Desk) {
  const interrupts = hearInterrupts();
  const leaving = new AbortController();
  const waiting: Waiting = { until: null, lines: 0 };
  const show = (code: ShownCode): void => {
    waiting.until = code.expiresAt;
    sayCode(desk, code);
  };
  const signingIn = signInByCode({ microsoft: desk.microsoft, now: Date.now, show, signal: leaving.signal });
  const ended = signingIn.then(
    () => true,
    () => true,
  );
  try {
    for (let second = 0; !(await Promise.race([ended, interrupts.pause(1_000).then(() => false)])); second++) {
      if (interrupts.exit !== null) leaving.abort();
      else sayWaiting(desk.terminal, waiting, second);
    }
    return interrupts.exit ?? (await orStop(signingIn));
  } finally {
    interrupts.stop();
  }
}

function sayCode(desk: Desk, { address, code, expiresAt }: ShownCode): void {
  const { account } = desk.wanted.to;
  tell(desk, { event: 'code', address, code, expiresAt }, [
    `open  ${outside(address)}`,
    `code  ${outside(code)}`,
    `      sign in${account === null ? '' : ` as ${account}`} within ${about(expiresAt - Date.now())}`,
  ]);
}

/** Every second on a terminal, every minute in a log. */
function sayWaiting(terminal: Terminal, waiting: Waiting, second: number): void {
  if (waiting.until === null || (!terminal.live && second % 60 !== 0)) return;
  terminal.redraw(waiting.lines);
  terminal.err(`waiting for the sign-in, ${countdown(waiting.until - Date.now())} left; Ctrl-C ends it`);
  waiting.lines = 1;
}

function wrongAccount(found: string, { pair, to }: LogInPair): Stop {
  return new Stop(EXIT.refused, [
    problem(
      `${outside(found)} signed in, and pair ${pair} names ${to.account ?? 'another account'}; nothing of it is kept`,
      null,
      `sign in as ${to.account ?? 'that one'} (a private window helps), or change to.account in switchyard.yaml`,
    ),
  ]);
}

function sayKept(desk: Desk, account: string, file: string): void {
  const encrypted = desk.microsoft.tokenKey !== null;
  const how = encrypted ? 'encrypted' : 'readable by its owner alone; SWITCHYARD_TOKEN_KEY would encrypt it';
  tell(desk, { event: 'signed-in', account, file, encrypted }, [
    `signed in  ${outside(account)}, for pair ${desk.wanted.pair}`,
    `kept       ${file} (${how})`,
    `worker     workers with SWITCHYARD_TOKEN_DIR=${dirname(file)} read it there and renew it; none has to be restarted`,
  ]);
}

function tell(
  { terminal, wanted, as }: Desk,
  event: Readonly<Record<string, unknown>>,
  lines: readonly string[],
): void {
  if (as === 'json')
    terminal.document(JSON.stringify({ schemaVersion: 1, at: Date.now(), pair: wanted.pair, ...event }));
  else for (const line of lines) terminal.out(line);
}
