import type { DiagnoseInput, Finding } from '../contracts/doctor.ts';
import { diagnose } from './activities.ts';

/** What the worker can reach and may do, as the worker sees it; changes nothing. */
export async function diagnoseWorker(input: DiagnoseInput): Promise<readonly Finding[]> {
  return diagnose(input);
}
