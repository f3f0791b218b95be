/** What `doctor` asks of the worker. */
export interface DiagnoseInput {
  /** Zone id or name whose permissions are tried; null: the account's reach alone. */
  readonly zone: string | null;
  readonly record: string | null;
  /** Whose credentials reach the zone; the worker's own without it. */
  readonly role?: string;
}

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  /** Null: could not look. */
  readonly ok: boolean | null;
  readonly sentence: string;
  readonly next: string | null;
}

export interface DoctorActivities {
  diagnose(input: DiagnoseInput): Promise<readonly Finding[]>;
}
