import { readFile } from 'node:fs/promises';
import type { Hospital } from './hospital.js';

/** Makes the demo HIS one whose vendor rounds what the patient pays to 角: the same procedure with another line in it. */
export async function roundSelfPay(hospital: Pick<Hospital, 'update'>): Promise<void> {
  const script = await readFile(new URL('../../../simulators/his/hospital.sql', import.meta.url), 'utf8');
  const presettle = /CREATE (PROCEDURE dbo\.usp_hospay_presettle\b[\s\S]*?)\nGO\n/.exec(script)?.[1] ?? '';
  const rounded = presettle.replace('SET @self_pay = @total - @fund - @account', 'SET @self_pay = ROUND(@total - @fund - @account, 1)');
  if (rounded === presettle) throw new Error('the procedure of the demo HIS reads otherwise now');
  await hospital.update(`ALTER ${rounded}`);
}
