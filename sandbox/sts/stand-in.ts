/**
 * A strict STS on loopback: it speaks the query protocol, and gives credentials of roles that the stand-in of Route 53 knows.
 * https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
 */
import { randomUUID } from 'node:crypto';
import { startFaultedServer, type Protocol, type Reply } from '../faulted-server.ts';
import { createFaultPlan, type FaultedRequest, type FaultPlan } from '../faults.ts';
import { Refusal } from '../route53/refusal.ts';
import { writeDocument } from '../route53/xml.ts';
import type { XmlContent } from '../route53/xml-content.ts';
import { judgeAssuming } from './assume-role.ts';
import type { Caller, Identities } from './identities.ts';

/** A role that was given out. */
export interface AssumedRole {
  readonly arn: string;
  readonly sessionName: string;
  /** The ARN of who asked. */
  readonly by: string;
}

export interface StsStandIn {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_STS`. */
  readonly url: string;
  /** Operations: `AssumeRole`, `GetCallerIdentity`. */
  readonly faults: FaultPlan;
  /** In order; append-only. */
  readonly assumed: readonly AssumedRole[];
  /** Ends credentials sooner than was asked for, in milliseconds; they say so. Null: as asked for. */
  lifetimeMs: number | null;
  close(): Promise<void>;
}

export async function startSts(identities: Identities): Promise<StsStandIn> {
  const faults = createFaultPlan();
  const service: Service = { identities, assumed: [], lifetimeMs: null };
  const server = await startFaultedServer(protocolOf(service, faults));
  return {
    url: server.url,
    faults,
    assumed: service.assumed,
    get lifetimeMs() {
      return service.lifetimeMs;
    },
    set lifetimeMs(ms) {
      service.lifetimeMs = ms;
    },
    close: () => server.close(),
  };
}

interface Service {
  readonly identities: Identities;
  readonly assumed: AssumedRole[];
  lifetimeMs: number | null;
}

type Operation = (service: Service, caller: Caller, form: URLSearchParams) => XmlContent;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
};

function protocolOf(service: Service, faults: FaultPlan): Protocol {
  return {
    faults,
    operationOf: (_method, _path, body) => new URLSearchParams(body).get('Action') ?? 'Unknown',
    process: (request) => answer(service, request),
    refusal: (error) => refused(new Refusal(error, error.message)),
  };
}

function answer(service: Service, request: FaultedRequest): Reply {
  const form = new URLSearchParams(request.body);
  const action = form.get('Action') ?? '';
  const run = OPERATIONS[action];
  try {
    if (run === undefined || form.get('Version') !== '2011-06-15')
      throw new Refusal({ status: 400, code: 'InvalidAction' }, `Could not find operation ${action}`);
    const result = run(service, service.identities.callerOf(request), form);
    return document(200, `${action}Response`, { [`${action}Result`]: result, ResponseMetadata: metadata() });
  } catch (cause) {
    if (cause instanceof Refusal) return refused(cause);
    throw cause;
  }
}

function assumeRole(service: Service, caller: Caller, form: URLSearchParams): XmlContent {
  const { role, sessionName, seconds } = judgeAssuming(form, caller, service.identities);
  const session = service.identities.open(role, sessionName, service.lifetimeMs ?? seconds * 1_000);
  service.assumed.push({ arn: role.arn, sessionName, by: caller.arn });
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAt).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: `AROA:${sessionName}`, Arn: session.caller.arn },
  };
}

function getCallerIdentity(_service: Service, { arn, accountId }: Caller): XmlContent {
  return { Arn: arn, UserId: 'AIDA', Account: accountId };
}

function refused({ status, code, message }: Refusal): Reply {
  const Type = status >= 500 ? 'Receiver' : 'Sender';
  return document(status, 'ErrorResponse', { Error: { Type, Code: code, Message: message }, ...metadata() });
}

const metadata = (): { readonly RequestId: string } => ({ RequestId: randomUUID() });

function document(status: number, root: string, content: XmlContent): Reply {
  const body = writeDocument(root, content, 'https://sts.amazonaws.com/doc/2011-06-15/');
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
