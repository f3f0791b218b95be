/**
 * Records a history of every end that a guard can have into test/histories, as record-histories.ts does for deployments:
 * `node --import tsx scripts/record-guard-histories.ts [NAME...]`.
 */
import { writeFile } from 'node:fs/promises';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { startGuardYard, type GuardYard } from '../test/support/guard-yard.ts';
import { openNotifyHall } from '../test/support/notify-yard.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import type { Rig } from '../test/support/yard.ts';

/** What a guard comes upon, by the name of its end. */
const ENDS: Readonly<Record<string, End>> = {
  quiet: { dead: false, act: 'restore' },
  found: { dead: true, act: 'report' },
  restored: { dead: true, act: 'restore' },
  /** The finding before its restore, and the restore. */
  told: { dead: true, act: 'restore', tells: true },
};

interface End {
  readonly dead: boolean;
  readonly act: 'report' | 'restore';
  readonly tells?: boolean;
}

async function record(): Promise<void> {
  await globalSetup();
  const hall = openNotifyHall();
  const yard = await startGuardYard(hall.activities);
  const names = process.argv.slice(2);
  for (const [name, { dead, act, tells = false }] of Object.entries(ENDS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const rig = await yard.rig();
    if (dead) await leaveAtHalf(yard, rig);
    const notify = tells ? { notify: (await hall.open()).request([{ format: 'webhook' }]) } : {};
    const { outcome } = await yard.guard(rig, { act, ...notify });
    const handle = yard.temporal.client.workflow.getHandle(yard.ids.at(-1) ?? '');
    const history = await recordedHistory(handle);
    await writeFile(new URL(`../test/histories/guard-${name}.json`, import.meta.url), history);
    process.stdout.write(`guard-${name}: ${outcome}\n`);
  }
  await yard.close();
  await hall.close();
  await globalTeardown();
}

async function leaveAtHalf(yard: GuardYard, rig: Rig): Promise<void> {
  const run = await yard.deploy(rig, {
    steps: [
      { share: 50, holdMs: 120_000 },
      { share: 100, holdMs: 200 },
    ],
  });
  await run.until(({ phase, share }) => phase === 'holding' && share === 50);
  await run.handle.terminate('a script pulled the plug');
}

await record();
