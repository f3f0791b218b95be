import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { AwsClients } from '../../clients.ts';
import type { AwsConfig } from '../../config.ts';

/** Clients of CloudWatch, one a region; null is the worker's own region. */
export type CloudWatchClients = (region: string | null) => CloudWatchClient;

export function createCloudWatchClients(
  aws: Pick<AwsClients, 'common'>,
  { cloudWatchEndpoint }: Pick<AwsConfig, 'cloudWatchEndpoint'>,
): CloudWatchClients {
  const made = new Map<string | null, CloudWatchClient>();
  return (region) => {
    const found =
      made.get(region) ??
      new CloudWatchClient({
        ...aws.common,
        ...(region === null ? {} : { region }),
        ...(cloudWatchEndpoint === null ? {} : { endpoint: cloudWatchEndpoint }),
      });
    made.set(region, found);
    return found;
  };
}
