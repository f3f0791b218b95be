/** A service whose answers are broken on their way back. */
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { jsonBreaks, textBreaks } from './broken.ts';

/** What is done to an answer, given as Latin-1 so that every byte counts. */
export type Breaking = (body: string) => string;

export interface BrokenAnswers {
  readonly url: string;
  /** From now on the nth answer, counted from here, or each of them. */
  breakAnswer(at: number | 'every', how: Breaking): void;
  close(): Promise<void>;
}

export async function breakAnswersOf(url: string): Promise<BrokenAnswers> {
  let [count, at, how]: [number, number | 'every', Breaking] = [0, 'every', (body) => body];
  const server = createServer((incoming, response) => {
    const { method, headers, url: path } = incoming;
    const onward = httpRequest(new URL(path ?? '/', url), { method, headers }, (answer) => {
      void bytesOf(answer).then((bytes) => {
        const mine = count++;
        const broken = at === 'every' || at === mine ? Buffer.from(how(bytes.toString('latin1')), 'latin1') : bytes;
        const told = Object.entries(answer.headers).filter(([name]) => name !== 'transfer-encoding');
        response.writeHead(answer.statusCode ?? 500, { ...Object.fromEntries(told), 'content-length': broken.length });
        response.end(broken);
      });
    });
    onward.once('error', () => response.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(url).pathname.replace(/\/$/, '')}`,
    breakAnswer: (which, breaking) => {
      [count, at, how] = [0, which, breaking];
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** Which answer is broken, and how: as a text, or as JSON. */
export function breakings({ answers, json }: { readonly answers: number; readonly json: boolean }) {
  const how: fc.Arbitrary<Breaking> = json ? fc.oneof(jsonBreaks().map(asText), textBreaks()) : textBreaks();
  return fc.tuple(fc.oneof(fc.nat(answers - 1), fc.constant('every' as const)), how);
}

function asText(broken: (value: unknown) => unknown): Breaking {
  return (body) => {
    try {
      return JSON.stringify(broken(JSON.parse(body)) ?? null);
    } catch {
      return body;
    }
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
