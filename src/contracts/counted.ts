/** What workflows count, with the names as the exporter is given them: it adds `_total` to those of counters. */
export const COUNTERS = {
  switchyard_deployments: 'Deployments that ended, by outcome.',
  switchyard_rollbacks_blocked: 'Rollbacks that came to a stop until they can go on or somebody decides.',
  switchyard_syncs: 'Syncs that ended, by outcome.',
  switchyard_sync_tasks: 'What syncs did with tasks, by result.',
  switchyard_sync_throttled: 'Answers of Todoist and Microsoft Graph that asked a sync to wait.',
  switchyard_docs_builds: 'Builds of documentation that ended, by outcome.',
  switchyard_guard_runs: 'Runs of the guard that ended, by outcome.',
  switchyard_resets: 'Resets that an alarm asked for, by outcome.',
} as const;

export const DURATIONS = {
  switchyard_rollback_duration_seconds: 'From the decision to roll back until red was proven to serve again.',
  switchyard_docs_build_duration_seconds: 'From the start of a build of documentation to its end.',
} as const;
