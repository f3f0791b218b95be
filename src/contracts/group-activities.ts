import type { Snapshot, Standing, Zone } from '../core/dns/snapshot.ts';
import type {
  Checked,
  CheckInput,
  CheckMetricsInput,
  FenceInput,
  MetricsChecked,
  ReadRecordInput,
  RestoreInput,
  SwapInput,
  Verified,
  VerifyInput,
  Watched,
  WatchInput,
} from './deploy-activities.ts';

/** What is asked of one record of a zone. */
export type OfRecord<T> = Omit<T, 'zone' | 'comment'>;

/** Records of one zone, which are written in one batch (G1). */
export interface OfZone<T> {
  readonly zone: Zone;
  /** Whose credentials reach the zone; the worker's own without it. */
  readonly role?: string;
  readonly records: readonly OfRecord<T>[];
  /** Kept by Route 53 and CloudTrail; at most 256 characters. */
  readonly comment: string;
}

export type SwapZoneInput = OfZone<SwapInput>;
export type RestoreZoneInput = OfZone<RestoreInput>;
export type FenceZoneInput = OfZone<FenceInput>;

/** What a batch left, record by record in the order in which they were given. */
export interface WrittenZone {
  /** Null where the wanted state was already there and nobody knows by which change. */
  readonly changeId: string | null;
  readonly at: number;
  readonly standings: readonly Standing[];
  /** Records that a rollback left alone, because somebody else has written them (D4). */
  readonly left: readonly LeftRecord[];
}

export interface LeftRecord {
  readonly record: string;
  readonly kind: 'foreign' | 'superseded';
  readonly sentence: string;
}

/** Of several records, in the order in which they were given. */
export interface Many<T> {
  readonly records: readonly T[];
}

/** One stretch of a group's hold. */
export interface WatchGroupInput extends Many<WatchInput> {
  readonly untilMs: number;
}

/** The activities of a group: each does for many records what one of a deployment does for one. */
export interface GroupActivities {
  readRecords(input: Many<ReadRecordInput>): Promise<Many<Snapshot>>;
  swapZone(input: SwapZoneInput): Promise<WrittenZone>;
  restoreZone(input: RestoreZoneInput): Promise<WrittenZone>;
  setZoneFences(input: FenceZoneInput): Promise<WrittenZone>;
  verifyRecords(input: Many<VerifyInput>): Promise<Many<Verified>>;
  checkRecords(input: Many<CheckInput>): Promise<Many<Checked>>;
  measureRecords(input: Many<CheckMetricsInput>): Promise<Many<MetricsChecked>>;
  watchRecords(input: WatchGroupInput): Promise<Many<Watched>>;
}
