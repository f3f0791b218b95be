import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Somebody else puts another value at the name, as a console or Terraform does: the record's own sets go, the fence stays. */
export function writeByHand(
  { sandbox: { route53 }, zoneId, record }: { sandbox: Pick<Sandbox, 'route53'>; zoneId: string; record: string },
  value: string,
): void {
  const standing = route53.recordSets(zoneId, record);
  route53.change(zoneId, ...standing.map((recordSet) => ({ action: 'DELETE' as const, recordSet })), {
    action: 'CREATE',
    recordSet: { Name: `${record}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: value }] },
  });
}
