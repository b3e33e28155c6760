/** What a window prints: the slip (凭条), and where receipts have numbered forms (票据) the form under its number. A sheet that did not come out is asked about; it is never printed a second time by itself. */
import type { Bridge, NumberedForm, Order, TerminalError } from '../src/index.js';
import { printReceipt } from '../kiosk/print-receipt.js';
import type { Desk, Row } from './desk.js';
import { drawReceipt } from './screens.js';

/** A cashier asks for more before the last sheet is in the printer. */
const FEW_LEFT = 20;

/** F10. */
export async function print(desk: Desk, bridge: Bridge | undefined): Promise<void> {
  const { order, view } = desk;
  if (order === undefined || !desk.hasReceipt) return;
  const isReprint = view.kind === 'found' || order.confirmation.receiptPrintedAt !== undefined;
  if (!takesForm(desk, order)) return printSlip(desk, bridge, isReprint);
  if (!isReprint) return printForm(desk, bridge, order);
  // Whoever paid at a machine or on a phone may want the form at a window.
  choose(desk, '打印票据还是补打凭条？', [
    { label: '打印票据', detail: '尚未打印过票据的，用下一个号', pick: () => back(desk, view, () => printForm(desk, bridge, order)) },
    { label: '补打凭条', pick: () => back(desk, view, () => printSlip(desk, bridge, true)) },
    { label: '返回', pick: () => { desk.show(view); } },
  ]);
}

/** The first print is marked when the printer has taken it; a second one is written down before. */
async function printSlip(desk: Desk, bridge: Bridge | undefined, isReprint: boolean): Promise<void> {
  if (isReprint && !(await desk.printed())) return;
  const result = await send(desk, bridge, isReprint, undefined);
  if (result.kind === 'failed') return desk.hint(`没有打印：${result.message}（${result.code}）。处理后再按 F10`);
  if (!isReprint && !(await desk.printed())) return;
  desk.hint(isReprint ? '已补打，并记入审计' : '已打印');
}

/** The number is fixed before the sheet goes through the printer. */
async function printForm(desk: Desk, bridge: Bridge | undefined, order: Order): Promise<void> {
  const taken = await desk.ask(() => desk.client.takeForm(desk.formKey(order.tradeNo), { tradeNo: order.tradeNo }));
  if (taken === undefined) return refused(desk, bridge, order);
  desk.formAnswered(order.tradeNo);
  await printUnder(desk, bridge, order, taken.form, taken.left);
}
async function printUnder(desk: Desk, bridge: Bridge | undefined, order: Order, form: NumberedForm, left: number): Promise<void> {
  const { view } = desk;
  const result = await send(desk, bridge, false, form);
  if (result.kind === 'failed') return askAboutSheet(desk, bridge, order, form, `没有打印：${result.message}（${result.code}）`, { label: '没有打上字，重打此号', pick: () => back(desk, view, () => printUnder(desk, bridge, order, form, left)) });
  if (!(await confirm(desk, form))) return;
  if (view.kind === 'order') await desk.printed();
  desk.hint(left <= FEW_LEFT ? `已打印 ${form.number}。本机票据仅剩 ${String(left)} 张，请及时领用` : `已打印 ${form.number}`);
}

function refused(desk: Desk, bridge: Bridge | undefined, order: Order): void {
  const { trouble, view } = desk;
  if (trouble?.kind !== 'refused') return;
  desk.formAnswered(order.tradeNo);
  const { error } = trouble;
  if (error.code === 'FORM_IN_DOUBT') {
    const form = formIn(error);
    if (form !== undefined) return askAboutSheet(desk, bridge, order, form, '上次打印结果不明');
  }
  if (error.code === 'FORM_PRINTED') {
    const form = formIn(error);
    if (form !== undefined) return choose(desk, `该收据已打印票据 ${form.number}`, [{ label: '补打凭条', pick: () => back(desk, view, () => printSlip(desk, bridge, true)) }, voidRow(desk, bridge, order, form, view), { label: '返回', pick: () => { desk.show(view); } }]);
  }
  if (error.code !== 'NO_FORM_LEFT') return;
  choose(desk, '没有可用的票据号，请向票据管理领用', [{ label: '先打印凭条', pick: () => back(desk, view, () => printSlip(desk, bridge, false)) }, { label: '返回', pick: () => { desk.show(view); } }]);
}

/** Only a person can look at the sheet. */
function askAboutSheet(desk: Desk, bridge: Bridge | undefined, order: Order, form: PointedForm, why: string, again?: Row): void {
  const { view } = desk;
  choose(desk, `${why}。请看打印机里的票据 ${form.number}`, [
    { label: '已打好', pick: () => back(desk, view, async () => {
      if (!(await confirm(desk, form))) return;
      if (view.kind === 'order') await desk.printed();
      desk.hint(`票据 ${form.number} 已确认`);
    }) },
    ...(again === undefined ? [] : [again]),
    voidRow(desk, bridge, order, form, view),
    { label: '返回', detail: '稍后再确认，交班前须处理', pick: () => { desk.show(view); } },
  ]);
}
function voidRow(desk: Desk, bridge: Bridge | undefined, order: Order, form: PointedForm, view: Desk['view']): Row {
  return { label: '打坏了：作废此号，换下一张', pick: () => back(desk, view, async () => {
    if ((await desk.ask(() => desk.client.call('form.void', { runNo: form.runNo, number: form.number, reason: '打印损坏' }))) !== undefined) await printForm(desk, bridge, order);
  }) };
}

type PointedForm = Pick<NumberedForm, 'runNo' | 'number'>;

/** The detail of the refusal names run and number. */
function formIn({ detail = '' }: TerminalError): PointedForm | undefined {
  const [runNo, number] = detail.split(' ');
  return runNo === undefined || number === undefined ? undefined : { runNo, number };
}
async function confirm(desk: Desk, { runNo, number }: PointedForm): Promise<boolean> {
  return (await desk.ask(() => desk.client.call('form.printed', { runNo, number }))) !== undefined;
}
async function back(desk: Desk, view: Desk['view'], act: () => Promise<void>): Promise<void> {
  desk.show(view);
  await act();
}
function choose(desk: Desk, title: string, rows: readonly Row[]): void {
  desk.show({ kind: 'choose', title, rows });
}
function takesForm(desk: Desk, order: Order): boolean {
  return !desk.isDoctor && desk.session?.configuration.numberedBusinesses?.includes(order.business ?? 'bill') === true;
}
function send(desk: Desk, bridge: Bridge | undefined, isReprint: boolean, form: NumberedForm | undefined): ReturnType<typeof printReceipt> {
  document.querySelector('.receipt')?.remove();
  const receipt = drawReceipt(desk, isReprint, form);
  if (receipt === undefined) return Promise.resolve({ kind: 'failed', code: 'NOTHING', message: '没有可打印的内容' });
  document.body.append(receipt);
  return printReceipt(receipt, bridge);
}
