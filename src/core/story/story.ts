import type { FailWhen } from '../metrics/metric-rule.ts';

/** What happened in a run, ready to be read out or drawn. Plain values; times in milliseconds since the epoch. */
export interface Story {
  readonly kind: StoryKind;
  /** What it was about, as commands name it: a record, `group/G`, `sync/PAIR`, `docs/SITE`; else the workflow id. */
  readonly subject: string;
  readonly workflowId: string;
  readonly workflowType: string;
  /** Oldest first: a run that continued as new has several. */
  readonly runIds: readonly string[];
  readonly startedAt: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
  /** As the run says it (`rolled-back`), else as Temporal does (`terminated`); `running`. */
  readonly outcome: string;
  readonly tone: Tone;
  readonly by: string | null;
  /** In the order of their times. */
  readonly sentences: readonly Sentence[];
  /** Of a run that goes on: what it waits for. */
  readonly waitsFor: readonly string[];
  readonly ending: Ending;
  readonly pictures: Pictures;
  /** What a reader must know of the story itself: values that could not be read, a shape that is not known. */
  readonly notes: readonly string[];
}

export type StoryKind = 'deployment' | 'group' | 'sync' | 'docs' | 'guard' | 'reset' | 'other';

/** How something went, for colours and marks; `said`: somebody asked for it or decided it. */
export type Tone = 'good' | 'bad' | 'waiting' | 'said' | 'plain';

export interface Sentence {
  readonly at: number;
  readonly text: string;
  readonly tone: Tone;
  /** Only for a close look. */
  readonly detail: boolean;
}

/** What everybody asks at the end; null where it does not apply, or is not known. */
export interface Ending {
  readonly stands: string | null;
  readonly why: string | null;
  /** How long caches may differ, and what to keep running. */
  readonly caches: string | null;
  /** As the run said it. */
  readonly next: string | null;
  /** One of the failure types of policies/failures.ts, or of a newer worker. */
  readonly failure: string | null;
}

export interface Pictures {
  /** Share of the answers that are black's: each holds until the next. */
  readonly shares: readonly SharePoint[];
  readonly gates: readonly GateSeries[];
  readonly spans: readonly Span[];
  readonly counts: readonly Count[];
}

export interface SharePoint {
  readonly at: number;
  readonly share: number;
}

/** What a gate saw. */
export interface GateSeries {
  readonly gate: string;
  /** `ms` for probes; empty where the number has no unit that is known. */
  readonly unit: string;
  /** What an ill value looks like; null where none does. */
  readonly failWhen: FailWhen | null;
  readonly points: readonly GatePoint[];
}

export interface GatePoint {
  readonly at: number;
  /** Null: nothing was measured. */
  readonly value: number | null;
  readonly ok: boolean;
  readonly side: 'red' | 'black' | null;
  readonly seen: string;
}

/** Something that took time, on the line of its kind. */
export interface Span {
  readonly lane: string;
  readonly label: string;
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  readonly tone: Tone;
}

/** Of a sync: how many tasks were to be changed in one way, and how many were. */
export interface Count {
  readonly kind: string;
  readonly planned: number;
  readonly applied: number;
}

export const NO_PICTURES: Pictures = { shares: [], gates: [], spans: [], counts: [] };
export const NO_ENDING: Ending = { stands: null, why: null, caches: null, next: null, failure: null };
