import type { Gate } from '../../core/dns/gate.ts';
import { parseCheck } from './check.ts';
import type { Findings } from './parsed.ts';

/** Every `--check`, each gate once. */
export function takeChecks(texts: readonly string[], record: string, findings: Findings): readonly Gate[] {
  const gates = texts.flatMap((text) => findings.take<readonly Gate[]>(one(parseCheck(text, record)), []));
  return gates.filter(({ name }, at) => gates.findIndex((other) => other.name === name) === at);
}

const one = (read: ReturnType<typeof parseCheck>) => (read.ok ? { ok: true as const, value: [read.value] } : read);
