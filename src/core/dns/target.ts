import type { Alias } from './record-set.ts';

/** What a record is pointed at. */
export type Target =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | {
      readonly kind: 'alias';
      readonly dnsName: string;
      /** Null: taken from red where red is of the same kind and region, else from the table of published ids. */
      readonly zoneId: string | null;
      readonly evaluateTargetHealth: boolean | null;
    };

/** One side of a cutover as its sets say it, one entry a moved type. */
export interface Side {
  readonly addresses: readonly {
    readonly type: string;
    readonly values: readonly string[];
    readonly alias: Alias | null;
  }[];
}
