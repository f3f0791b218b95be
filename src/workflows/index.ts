/** The workflows that a worker registers; Temporal needs them in one module. */
export { buildDocs } from './build-docs.ts';
export { collectDocs } from './collect-docs.ts';
export { deployRedBlack } from './deploy-red-black.ts';
export { diagnoseSync } from './diagnose-sync.ts';
export { diagnoseWorker } from './diagnose-worker.ts';
export { guardRecords } from './guard-records.ts';
export { listDocs } from './list-docs.ts';
export { moveDocs } from './move-docs.ts';
export { planDeployment } from './plan-deployment.ts';
export { planSync } from './plan-sync.ts';
export { queueDeployment } from './queue-deployment.ts';
export { resetRecord } from './reset-record.ts';
export { syncTasks } from './sync-tasks.ts';
export { tickDocs } from './tick-docs.ts';
export { tickSync } from './tick-sync.ts';
