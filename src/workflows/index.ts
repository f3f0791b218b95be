/** The workflows that a worker registers; Temporal needs them in one module. */
export { deployRedBlack } from './deploy-red-black.ts';
export { diagnoseSync } from './diagnose-sync.ts';
export { diagnoseWorker } from './diagnose-worker.ts';
export { planDeployment } from './plan-deployment.ts';
export { planSync } from './plan-sync.ts';
export { syncTasks } from './sync-tasks.ts';
export { tickSync } from './tick-sync.ts';
