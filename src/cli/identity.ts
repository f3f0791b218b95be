import { userInfo } from 'node:os';
import { nonEmpty } from './find-file.ts';
import type { Environment } from './terminal.ts';

/** Who asks: `--by`, else what the CI says, else the OS user. Printed as not authenticated. */
export function whoAsks(flag: string | undefined, env: Environment): string {
  return bounded(flag ?? nonEmpty(env['GITHUB_ACTOR']) ?? nonEmpty(env['GITLAB_USER_LOGIN']) ?? osUser());
}

/** `--request-id`, else the run of the CI that this is: the same id with the same request joins the running deployment. */
export function requestIdOf(flag: string | undefined, env: Environment): string | null {
  const id = flag ?? githubRun(env) ?? nonEmpty(env['CI_PIPELINE_ID']) ?? nonEmpty(env['BUILD_TAG']);
  return id === undefined ? null : bounded(id);
}

function githubRun(env: Environment): string | undefined {
  const repository = nonEmpty(env['GITHUB_REPOSITORY']);
  const run = nonEmpty(env['GITHUB_RUN_ID']);
  return repository === undefined || run === undefined ? undefined : `${repository}/${run}`;
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a container's numeric user has no name
  }
}

const bounded = (text: string): string => text.slice(0, 200);
