import { formatDuration } from '../duration.ts';
import { listAt, numberAt, textAt, textsAt, valueAt } from './read-loosely.ts';

/** What a deployment was asked to do, of a request of any age: `to 192.0.2.20: 50 % (5 min), 100 % (15 min), then promote`. */
export function askedWords(request: unknown): string {
  const steps = listAt(request, 'steps').map((step) => stepWords(step, request));
  const undo = valueAt(request, 'undo') == null ? '' : ', putting back what was recorded before';
  return `to ${targetOf(request)}: ${[...steps, 'promote'].join(', ')}${undo}`;
}

/** `192.0.2.20, 192.0.2.21`, or an alias. */
export function targetOf(request: unknown): string {
  const alias = textAt(request, 'to', 'dnsName');
  const values = textsAt(request, 'to', 'values').join(', ');
  return alias === null ? values || '?' : `alias ${alias}`;
}

function stepWords(step: unknown, request: unknown): string {
  const share = numberAt(step, 'share');
  const usual = share === 100 ? 'bakeMs' : 'holdMs';
  const held = numberAt(step, 'holdMs') ?? numberAt(request, usual);
  const time = held === null || held === 0 ? '' : ` (watched ${formatDuration(held)})`;
  return `${share ?? '?'} %${time}`;
}

/** The gates that a deployment was given: `healthy (HTTP /healthz), errors (> 0.01)`; null for none. */
export function gatesWords(request: unknown): string | null {
  const gates = [
    ...listAt(request, 'gates'),
    ...listAt(request, 'stepGates').flatMap((step) => listAt(step, 'gates')),
    ...listAt(request, 'metricGates'),
  ].map((gate) => `${textAt(gate, 'name') ?? '?'} (${gateRule(gate)})`);
  return gates.length === 0 ? null : [...new Set(gates)].join(', ');
}

function gateRule(gate: unknown): string {
  const kind = textAt(gate, 'kind') ?? '?';
  switch (kind) {
    case 'http':
      return `HTTP ${textAt(gate, 'path') ?? ''}`;
    case 'tcp':
      return `TCP port ${numberAt(gate, 'port') ?? '?'}`;
    case 'threshold':
      return `fails at ${textAt(gate, 'failWhen', 'operator') ?? ''} ${numberAt(gate, 'failWhen', 'bound') ?? '?'}`;
    case 'alarm':
      return `alarm ${textAt(gate, 'alarm') ?? '?'}`;
    case 'compare':
      return 'black against red';
    case 'share':
      return 'share of the requests';
    default:
      return kind;
  }
}
