import { loadMicrosoftConfig } from '../config.ts';
import { forgetSignIn, signInFile } from '../sign-in/sign-in-file.ts';
import { orStop } from './sign-in-stop.ts';
import type { Environment } from './terminal.ts';

/** Removes what is kept of a pair's sign-in; again and again if need be. @throws Stop where the folder does not allow it. */
export async function forgetHere(env: Environment, pair: string) {
  const place = { microsoft: loadMicrosoftConfig(env), pair };
  return { file: signInFile(place), forgotten: await orStop(forgetSignIn(place)) };
}
