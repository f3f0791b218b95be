import type { Json } from './json.ts';

export const STATUSES = ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'] as const;
export const IMPORTANCES = ['low', 'normal', 'high'] as const;

/** A task as it is kept: never changed, only replaced. Dates and times are UTC without a zone, `2026-09-25T23:00:00.0000000`. */
export interface Task {
  readonly id: string;
  readonly listId: string;
  readonly etag: string;
  readonly title: string;
  readonly body: { readonly content: string; readonly contentType: 'text' | 'html' };
  readonly status: (typeof STATUSES)[number];
  readonly importance: (typeof IMPORTANCES)[number];
  readonly due: string | null;
  readonly start: string | null;
  readonly reminder: string | null;
  readonly reminderOn: boolean;
  /** A midnight. */
  readonly completed: string | null;
  readonly recurrence: Json | null;
  readonly categories: readonly string[];
  readonly link: Link | null;
  readonly steps: readonly Step[];
  /** What each open extension holds, by its name. */
  readonly extensions: Readonly<Record<string, Json>>;
  readonly hasAttachments: boolean;
  /** ISO 8601 with `Z`, as the three below. */
  readonly createdAt: string;
  readonly modifiedAt: string;
  readonly bodyModifiedAt: string;
}

/** A `linkedResource`; a task has at most one. */
export interface Link {
  readonly id: string;
  readonly applicationName: string | null;
  readonly displayName: string | null;
  readonly externalId: string | null;
  readonly webUrl: string | null;
}

/** A `checklistItem`. */
export interface Step {
  readonly id: string;
  readonly displayName: string;
  readonly isChecked: boolean;
  readonly createdAt: string;
  readonly checkedAt: string | null;
}

export interface TodoList {
  readonly id: string;
  readonly etag: string;
  readonly displayName: string;
  readonly wellknownListName: 'none' | 'defaultList' | 'flaggedEmails';
  readonly isOwner: boolean;
  readonly isShared: boolean;
}
