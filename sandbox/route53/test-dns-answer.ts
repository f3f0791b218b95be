/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_TestDNSAnswer.html */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { answer } from './call.ts';
import type { Operation } from './call.ts';
import { readName } from './domain-name.ts';
import { isWeighted, valuesOf } from './record-set.ts';
import { invalidInput } from './refusal.ts';

/** Answers as the zone's first name server would now, with one weighted draw. */
export const testDnsAnswer: Operation = ({ account, query }) => {
  const zone = account.zone((query.get('hostedzoneid') ?? '').replace('/hostedzone/', ''));
  if (zone.identity.private) throw invalidInput('TestDNSAnswer supports only public hosted zones.');
  const read = readName(query.get('recordname') ?? '');
  if ('problem' in read) throw invalidInput(read.problem);
  const type = query.get('recordtype') ?? '';
  const sets = matching(zone.propagation.visibleAt(0), read.name);
  return answer('TestDNSAnswerResponse', {
    Nameserver: zone.identity.nameServers[0],
    RecordName: read.name,
    RecordType: type,
    RecordData: { RecordDataEntry: recordData(sets, type) },
    ResponseCode: sets.length === 0 ? 'NXDOMAIN' : 'NOERROR',
    Protocol: 'UDP',
  });
};

/** The sets of the name or, where there are none, of the wildcard that covers it. */
function matching(sets: readonly ResourceRecordSet[], name: string): readonly ResourceRecordSet[] {
  const exact = sets.filter((set) => set.Name === name);
  if (exact.length > 0) return exact;
  const parent = name.slice(name.indexOf('.') + 1);
  return sets.filter((set) => set.Name === `\\052.${parent}`);
}

function recordData(sets: readonly ResourceRecordSet[], type: string): string[] {
  const candidates = sets.filter((set) => set.Type === type || set.Type === 'CNAME');
  const chosen = candidates.some(isWeighted) ? draw(candidates) : candidates[0];
  if (chosen?.AliasTarget) return [chosen.AliasTarget.DNSName ?? ''];
  return chosen === undefined ? [] : valuesOf(chosen);
}

/** By weight; where all weights are 0, each is as likely as the others. */
function draw(sets: readonly ResourceRecordSet[]): ResourceRecordSet | undefined {
  const total = sets.reduce((sum, set) => sum + (set.Weight ?? 0), 0);
  const weightOf = (set: ResourceRecordSet) => (total === 0 ? 1 : (set.Weight ?? 0));
  let ticket = Math.random() * (total === 0 ? sets.length : total);
  return sets.find((set) => (ticket -= weightOf(set)) < 0);
}
