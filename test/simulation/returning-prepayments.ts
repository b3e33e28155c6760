/** 门诊预交金清退: one of finance proposes, another approves; both press twice, and answers get lost. */
import { ok } from '@hospay/server/domain/errors.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { askUntilAnswered, isRefused } from './asking.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;

export async function returnPrepayment(world: WorldView, patientId: string, { tradeNo, amountFen, payments }: OrderView): Promise<void> {
  if (payments.some(({ method }) => method === 'cash' || method === 'medicalInsurance')) return;
  await world.time.sleep(world.weather.between(1, 400) * SECOND, `the account of ${patientId} is returned`);
  if (!world.hospital.isTopUp(tradeNo)) return;
  const cashFen = world.weather.pick(0, 0, 700);
  // Where finance pays what no order gives back, there is always something.
  world.hospital.accounts.topUp(patientId, { tradeNo, amountFen, cashFen: world.hasFinanceOffice ? 700 : cashFen });
  // Numbers of patients are masked in what is shown: finance knows its run by the title.
  const title = `清退 ${patientId}`;
  await askUntilAnswered(world, `propose the return of ${patientId}`, 8, (useCases) => useCases.proposeRun({ title, patientIds: [patientId], by: 'finance-1' }));
  // The answer may have got lost after it was written.
  const runs = await askUntilAnswered(world, 'list the runs', 8, async (useCases) => ok(await useCases.listRuns({ limit: 100 })));
  const run = runs?.kind === 'ok' ? runs.value.find((one) => one.state === 'proposed' && one.title === title && one.returns.length > 0) : undefined;
  if (run === undefined) return;
  const { runNo, hash } = run;
  const own = await world.ask(`${runNo} is approved by its proposer`, (useCases) => useCases.decideRun({ runNo, hash, isApproved: true, by: 'finance-1' }));
  world.expect(own === undefined || isRefused(own, ['SECOND_PERSON_NEEDED', 'STORE_UNAVAILABLE', 'INTERNAL']), 'nobody approves his own run', runNo, 'was approved by its proposer');
  if (world.faults.strikes('amount changed after quote')) world.hospital.accounts.use(patientId, 100);
  const approve = (useCases: Parameters<Parameters<typeof world.ask>[1]>[0]) => useCases.decideRun({ runNo, hash, isApproved: true, by: 'finance-2' });
  const second = world.faults.strikes('double press') ? world.ask(`approve ${runNo} (pressed twice)`, approve) : undefined;
  await askUntilAnswered(world, `approve ${runNo}`, 8, approve);
  await second;
  if (world.weather.pick(true, false, false)) await pauseForAWhile(world, runNo);
}

/** What was not begun when the pause was answered is not begun before it ends; what was begun goes on. */
async function pauseForAWhile(world: WorldView, runNo: string): Promise<void> {
  const stateWhilePaused = async (): Promise<string | undefined> => {
    const runs = await askUntilAnswered(world, 'list the runs', 8, async (useCases) => ok(await useCases.listRuns({ limit: 100 })));
    const run = runs?.kind === 'ok' ? runs.value.find((one) => one.runNo === runNo) : undefined;
    return run?.state === 'paused' ? run.returns[0]?.state : undefined;
  };
  await askUntilAnswered(world, `pause ${runNo}`, 8, (useCases) => useCases.pauseRun({ runNo, isPaused: true }));
  const before = await stateWhilePaused();
  await world.time.sleep(world.weather.between(1, 600) * SECOND, `${runNo} is paused`);
  const after = await stateWhilePaused();
  world.expect(before !== 'planned' || after === undefined || after === 'planned' || after === 'changed', 'a paused run begins nothing', runNo, `an account became ${String(after)}`);
  if (before === 'planned') world.history.mark('a run was paused before it began');
  await askUntilAnswered(world, `go on with ${runNo}`, 40, (useCases) => useCases.pauseRun({ runNo, isPaused: false }));
}
