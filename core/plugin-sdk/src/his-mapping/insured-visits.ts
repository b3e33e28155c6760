/** Visit, diagnoses and fees of quoted bills, read by three operations into one answer. */
import type { InsuranceDetails, InsuranceDetailsRequest, InsuredVisits } from '../hospital-adapter.js';
import type { HisResult } from '../hospital/his-result.js';
import { checked, diagnosisFrom, feeFrom, visitFrom } from './contract-shapes.js';
import type { GuardedCalls } from './guarded-calls.js';
import type { MappedOperation } from './mapped-operation.js';
import { reading, readList, readOne } from './result-of.js';

/** Nothing when the mapping has no insured visits. */
export function makeInsuredVisits<Operation extends MappedOperation>({ operations, run, guarded }: GuardedCalls<Operation>): Partial<InsuredVisits> {
  const { insuranceVisit, insuranceDiagnoses, insuranceFees } = operations;
  if (insuranceVisit === undefined || insuranceDiagnoses === undefined || insuranceFees === undefined) return {};
  const readDetails = async (request: InsuranceDetailsRequest, signal: AbortSignal): Promise<HisResult<InsuranceDetails>> => {
    const asked = { ...request };
    const found = readOne(await run(insuranceVisit, asked, signal), insuranceVisit, visitFrom);
    if (found.kind !== 'ok') return found;
    const diagnoses = readList(await run(insuranceDiagnoses, asked, signal), insuranceDiagnoses, diagnosisFrom);
    if (diagnoses.kind !== 'ok') return diagnoses;
    const fees = readList(await run(insuranceFees, asked, signal), insuranceFees, feeFrom);
    if (fees.kind !== 'ok') return fees;
    const { visit, person } = found.value;
    return reading(() => ({ kind: 'ok', value: checked('insuranceDetails', { visit: { ...visit, diagnoses: diagnoses.value }, fees: fees.value, ...(person === undefined ? {} : { person }) }) }));
  };
  return { insuranceDetails: (request, limits) => guarded('insuranceDetails', limits, (signal) => readDetails(request, signal)) };
}
