/**
 * How changes reach the name servers.
 *
 * Route 53 answers reads from what was accepted, but its name servers serve what has reached them: one after the other, the last of them when the
 * change becomes INSYNC. A server may lag behind even that, which Route 53 does not know.
 */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';

/** Each hosted zone is served by four name servers. */
export const SERVERS = 4;

/** A change that was accepted, and when it is in sync. */
export interface AcceptedChange {
  readonly id: string;
  readonly comment?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Infinity: stranded. */
  insyncAfterMs: number;
}

export function isInSync({ at, insyncAfterMs }: AcceptedChange, now = Date.now()): boolean {
  return now >= at + insyncAfterMs;
}

interface Version {
  readonly change: AcceptedChange;
  readonly sets: readonly ResourceRecordSet[];
}

export class Propagation {
  #versions: Version[] = [];
  readonly #reached: number[] = Array.from({ length: SERVERS }, () => 0);
  readonly #lagMs: number[] = Array.from({ length: SERVERS }, () => 0);

  /** The zone as it stands after a change. */
  record(change: AcceptedChange, sets: readonly ResourceRecordSet[]): void {
    this.#versions.push({ change, sets });
  }

  /** What a name server (0 to 3) serves now. It never goes back to an older state. */
  visibleAt(server: number): readonly ResourceRecordSet[] {
    this.#advance(server);
    return this.#versions[this.#reached[server] ?? 0]?.sets ?? [];
  }

  /** Makes a server see everything `ms` later than it would; Infinity stops it where it is, 0 lets it catch up. */
  delay(server: number, ms: number): void {
    this.#advance(server);
    this.#lagMs[server] = ms;
  }

  #advance(server: number): void {
    const now = Date.now();
    const lag = this.#lagMs[server] ?? 0;
    const share = (server + 1) / SERVERS;
    const reached = this.#versions.findLastIndex(({ change }) => now >= change.at + change.insyncAfterMs * share + lag);
    this.#reached[server] = Math.max(this.#reached[server] ?? 0, reached);
    this.#forget();
  }

  /** States that every server has left behind are not needed any more. */
  #forget(): void {
    const oldest = Math.min(...this.#reached);
    this.#versions = this.#versions.slice(oldest);
    this.#reached.forEach((reached, server) => (this.#reached[server] = reached - oldest));
  }
}
