import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { AwsClients } from '../../clients.ts';
import type { AwsConfig } from '../../config.ts';

/** Clients of CloudWatch with the credentials of one identity. */
export interface CloudWatchClients {
  /** One a region; null is the worker's own region. */
  client(region: string | null): CloudWatchClient;
  /** Those of a role, the same for all who ask; without a role those of the process itself. @throws RoleUnknown (A4). */
  inRole(role: string | undefined): CloudWatchClients;
}

/** They are made when first needed, and renew their credentials as those of Route 53 do. */
export function createCloudWatchClients(
  aws: Pick<AwsClients, 'common' | 'inRole'>,
  { cloudWatchEndpoint }: Pick<AwsConfig, 'cloudWatchEndpoint'>,
): CloudWatchClients {
  const endpoint = cloudWatchEndpoint === null ? {} : { endpoint: cloudWatchEndpoint };
  const identities = new Map<CommonOptions, CloudWatchClients>();
  const clientsOf = ({ common }: Pick<AwsClients, 'common'>): CloudWatchClients => {
    const found = identities.get(common);
    if (found !== undefined) return found;
    const clients = {
      client: clientsByRegion((region) => new CloudWatchClient({ ...common, ...region, ...endpoint })),
      inRole: (role: string | undefined) => clientsOf(aws.inRole(role)),
    };
    identities.set(common, clients);
    return clients;
  };
  return clientsOf(aws);
}

type CommonOptions = AwsClients['common'];

function clientsByRegion(make: (region: { readonly region?: string }) => CloudWatchClient) {
  const made = new Map<string | null, CloudWatchClient>();
  return (region: string | null): CloudWatchClient => {
    const found = made.get(region) ?? make(region === null ? {} : { region });
    made.set(region, found);
    return found;
  };
}
