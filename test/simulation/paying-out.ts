/** 付款: finance pays what no order can give back, moves money between accounts, reads the bank's statements each morning, and gives up what the bank never had. Presses twice; answers get lost. */
import { ok } from '@hospay/server/domain/errors.js';
import type { PayoutView } from '@hospay/server/payouts/payout-view.js';
import { askUntilAnswered } from './asking.js';
import { refundAtConsole } from './approving-refunds.js';
import { BANK_ACCOUNTS } from './bank-world.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const FROM = BANK_ACCOUNTS[0].id;
/** Finance looks in the storm, and then four times a day, for so many days. */
const LOOKS_AT = [9, 17, 25, 33, 50].map((minutes) => minutes * MINUTE);
const DAYS = 5.5;

export function openFinanceOffice(world: WorldView): void {
  const looks = [...LOOKS_AT, ...Array.from({ length: Math.floor((DAYS * 24) / 6) }, (_, index) => (index + 1) * 6 * HOUR)];
  for (const [index, at] of looks.entries()) {
    world.time.after(at, 'finance looks', () => {
      look(world, index).catch((error: unknown) => { world.reportThrow('finance', error); });
    });
  }
}

async function look(world: WorldView, index: number): Promise<void> {
  await askUntilAnswered(world, 'import bank statements', 6, async (useCases) => ok(await useCases.importBankStatements()));
  if (index < LOOKS_AT.length) {
    await settle(world, index);
    await refundAtConsole(world, index);
  }
  const due = await askUntilAnswered(world, 'list the debts', 6, async (useCases) => ok(await useCases.listDebts()));
  for (const { kind, subject, amountFen } of due?.kind === 'ok' ? due.value : []) {
    const payee = { accountName: '张小三', accountNo: `62220202${subject.replaceAll(/[^0-9A-Z]/g, '').slice(-12)}`, bankName: '工行' };
    await twice(world, `propose to pay ${subject}`, (useCases) => useCases.proposePayouts({ fromAccount: FROM, debts: [{ kind, subject, amountFen, payee }], by: 'finance-1' }));
  }
  const payouts = await askUntilAnswered(world, 'list the payouts', 6, async (useCases) => ok(await useCases.listPayouts({ limit: 100 })));
  for (const payout of payouts?.kind === 'ok' ? payouts.value : []) {
    if (payout.state === 'proposed' || payout.state === 'firstApproved') await decide(world, payout);
    if (payout.mayBeGivenUp) await askUntilAnswered(world, `give ${payout.payoutNo} up`, 6, (useCases) => useCases.giveUpPayout({ payoutNo: payout.payoutNo, hash: payout.hash, reason: '银行查无此笔', by: 'finance-2' }));
  }
}

/** Money to the other account, under one key however often it is pressed. */
async function settle(world: WorldView, index: number): Promise<void> {
  if (!world.weather.chance(0.4)) return;
  const wish = { requestKey: `settlement number ${String(index)}`, fromAccount: FROM, toAccount: BANK_ACCOUNTS[1].id, amountFen: world.weather.between(100, 900), purpose: '归集', by: 'finance-1' };
  await twice(world, `move money ${String(index)}`, (useCases) => useCases.proposeSettlement(wish));
}

/** The proposer tries too; of those who may, as many as it needs. */
async function decide(world: WorldView, { payoutNo, hash, needsSecond }: PayoutView): Promise<void> {
  const own = await world.ask(`${payoutNo} is approved by its proposer`, (useCases) => useCases.decidePayouts({ payouts: [{ payoutNo, hash }], isApproved: true, reason: '已核对', by: 'finance-1' }));
  world.expect(own?.kind !== 'ok' || own.value.every(({ payout }) => payout === undefined), 'nobody approves his own payout', payoutNo, 'was approved by its proposer');
  if (world.weather.chance(0.06)) {
    await askUntilAnswered(world, `reject ${payoutNo}`, 6, (useCases) => useCases.decidePayouts({ payouts: [{ payoutNo, hash }], isApproved: false, reason: '账号不对', by: 'finance-1' }));
    return;
  }
  for (const by of needsSecond ? ['finance-2', 'finance-3'] : ['finance-2']) {
    await twice(world, `${by} approves ${payoutNo}`, (useCases) => useCases.decidePayouts({ payouts: [{ payoutNo, hash }], isApproved: true, reason: '已核对', by }));
  }
}

async function twice(world: WorldView, label: string, run: Parameters<typeof askUntilAnswered>[3]): Promise<void> {
  const second = world.faults.strikes('double press') ? world.ask(`${label} (pressed twice)`, run) : undefined;
  await askUntilAnswered(world, label, 6, run);
  await second;
}
