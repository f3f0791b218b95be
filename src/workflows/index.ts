/** The workflows that a deploy worker registers; Temporal needs them in one module. */
export { deployRedBlack } from './deploy-red-black.ts';
export { diagnoseWorker } from './diagnose-worker.ts';
export { planDeployment } from './plan-deployment.ts';
