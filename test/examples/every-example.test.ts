/** Whoever adds an example says which test runs it. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** By the longest beginning of its path: what runs it, and the word by which it is meant there. */
const RUN_BY: Readonly<Record<string, readonly [test: string, word: string]>> = {
  'game-day.yaml': ['test/demo/game-day/main.test.ts', 'game-day.yaml'],
  'gates.yaml': ['test/examples/gates.test.ts', 'gates.yaml'],
  'github-actions/deploy.yml': ['test/e2e/cli.test.ts', 'github-actions/deploy.yml'],
  'github-actions/docs-preview.yml': ['test/cli/docs-flow.test.ts', 'github-actions/docs-preview.yml'],
  'github-actions/sync.yml': ['test/cli/sync-flow.test.ts', 'github-actions/sync.yml'],
  'github-pages.yml': ['test/examples/github-pages.test.ts', 'github-pages.yml'],
  'gitlab-ci/': ['test/e2e/cli.test.ts', 'gitlab-ci/.gitlab-ci.yml'],
  'groups.yaml': ['test/examples/groups.test.ts', 'groups.yaml'],
  'guard.yaml': ['test/examples/guard.test.ts', 'guard.yaml'],
  'iam-policy-metrics.json': ['test/activities/metrics.test.ts', 'iam-policy-metrics.json'],
  'iam-policy.json': ['test/examples/iam.test.ts', 'iam-policy.json'],
  'lambda/policy.json': ['test/examples/iam.test.ts', 'lambda/policy.json'],
  'lambda/template.yaml': ['test/examples/lambda-deployment.test.ts', 'template.yaml'],
  'lambda/': ['test/support/lambda-function.ts', 'lambda/handler'],
  'notifications.yaml': ['test/examples/notifications.test.ts', 'notifications.yaml'],
  'roles/': ['test/examples/roles.test.ts', 'examples/roles/'],
  'switchyard.yaml': ['test/examples/switchyard.test.ts', 'switchyard.yaml'],
};

test('every file of examples/ is run by a test', async () => {
  const entries = await readdir(join(REPOSITORY, 'examples'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(REPOSITORY, 'examples/').length));
  const known = Object.keys(RUN_BY);
  expect(files.filter((file) => !known.some((beginning) => file.startsWith(beginning)))).toEqual([]);
  expect(known.filter((beginning) => !files.some((file) => file.startsWith(beginning)))).toEqual([]);
  for (const [test, word] of Object.values(RUN_BY)) {
    expect([test, existsSync(join(REPOSITORY, test))]).toEqual([test, true]);
    expect(await readFile(join(REPOSITORY, test), 'utf8')).toContain(word);
  }
});
