/** Business of a window beyond bills: registration (挂号), deposits (预交金), the till (钱箱) and the card terminal. Each ends in a quote, which is paid like any other, or in facts. */
import { readYuan, yuanText, type Patient } from '../src/index.js';
import type { Desk } from './desk.js';

const press = () => `press-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
const dayOf = (at: Date) => at.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });

/** 科室 → 排班 → 号源 → 占号. */
export async function register(desk: Desk): Promise<void> {
  if (desk.isDoctor) return;
  if (desk.view.kind !== 'bills') return desk.hint('请先扫描或输入就诊卡找到患者，再按 F2 挂号');
  const { patient } = desk.view;
  const found = await desk.ask(() => desk.client.call('registration.departments', {}));
  if (found === undefined) return;
  desk.show({ kind: 'choose', title: `${patient.name} 挂号：选择科室`, rows: found.departments.map(({ departmentCode, name, place }) => ({ label: name, ...(place === undefined ? {} : { detail: place }), pick: () => chooseSchedule(desk, patient, departmentCode) })) });
}
async function chooseSchedule(desk: Desk, patient: Patient, departmentCode: string): Promise<void> {
  const from = dayOf(desk.client.coreTime);
  const to = dayOf(new Date(desk.client.coreTime.getTime() + 6 * 24 * 60 * 60_000));
  const found = await desk.ask(() => desk.client.call('registration.schedules', { departmentCode, from, to }));
  if (found === undefined) return;
  const open = found.schedules.filter(({ remaining }) => remaining > 0);
  if (open.length === 0) return desk.hint('该科室近七日没有号源');
  desk.show({ kind: 'choose', title: '选择排班', rows: open.map((one) => ({
    label: `${one.day} ${SESSIONS[one.session]} ${one.doctorName ?? one.departmentName}`, detail: `${one.title ?? ''} 余 ${String(one.remaining)}`, amountFen: one.registrationFeeFen + one.treatmentFeeFen, pick: () => chooseSlot(desk, patient, one.scheduleId, one.day === from ? 'today' : 'later'),
  })) });
}
async function chooseSlot(desk: Desk, patient: Patient, scheduleId: string, when: 'today' | 'later'): Promise<void> {
  const found = await desk.ask(() => desk.client.call('registration.slots', { scheduleId }));
  if (found === undefined) return;
  const hold = async (slotId: string): Promise<void> => {
    const held = await desk.ask(() => desk.client.holdRegistration(press(), { patientId: patient.patientId, scheduleId, slotId, when }));
    if (held !== undefined) desk.showQuote({ kind: 'quote', title: '挂号', who: patient.name, quote: held.quote, again: undefined });
  };
  desk.show({ kind: 'choose', title: '选择号源', rows: found.slots.filter(({ remaining }) => remaining > 0).map(({ slotId, beginsAt, endsAt }) => ({ label: `${clockOf(beginsAt)}–${clockOf(endsAt)}`, pick: () => hold(slotId) })) });
}

/** 住院号 → 金额 → 收款. */
export function takeDeposit(desk: Desk): void {
  if (desk.isDoctor) return;
  desk.show({ kind: 'ask', title: '住院预交金', hint: '请输入或扫描住院号', take: async (cardNo) => {
    const found = await desk.ask(() => desk.client.call('inpatient.find', { cardType: 'inpatientNo', cardNo }));
    const [stay] = found?.inpatients ?? [];
    if (stay === undefined) return found === undefined ? undefined : desk.hint('没有找到这次住院');
    const { inpatientNo, visitId } = stay;
    return desk.show({ kind: 'ask', title: `${stay.name} · ${stay.ward} ${stay.bed}床`, hint: `预交金余额 ${yuanText(stay.depositFen)} 元，费用 ${yuanText(stay.costFen)} 元。请输入缴纳金额`, take: async (typed) => {
      const amountFen = readYuan(typed);
      if (amountFen === undefined || amountFen === 0) return desk.hint('金额写法不对，例如 2000');
      const quote = await desk.ask(() => desk.client.call('deposit.quote', { inpatientNo, visitId, amountFen }));
      return quote === undefined ? undefined : desk.showQuote({ kind: 'quote', title: '住院预交金', who: stay.name, quote, again: undefined });
    } });
  } });
}

/** 钱箱与刷卡终端. */
export function upkeep(desk: Desk): void {
  if (desk.isDoctor) return;
  const operate = (operation: 'signIn' | 'settle' | 'reprint', title: string) => async (): Promise<void> => {
    const key = press();
    let run = await desk.ask(() => desk.client.operateCardTerminal(key, { operation }));
    for (let times = 0; run?.state === 'running' && times < 60; times += 1) {
      const { operationNo } = run;
      await new Promise((wake) => setTimeout(wake, 2_000));
      run = await desk.ask(() => desk.client.call('cardTerminal.query', { operationNo }));
    }
    if (run !== undefined) desk.show({ kind: 'facts', title: `刷卡终端${title}`, lines: [['结果', RUNS[run.state]], ['说明', run.message], ['下一步', run.nextZh], ['操作号', run.operationNo]] });
  };
  desk.show({ kind: 'choose', title: '钱箱与刷卡终端', rows: [
    { label: '今日钱箱', pick: () => till(desk) },
    ...(desk.session?.configuration.numberedBusinesses === undefined ? [] : [{ label: '票据号段', detail: '当前号、结余；作废空白票', pick: () => forms(desk) }]),
    { label: '录入备用金', pick: () => { openTill(desk); } },
    { label: '刷卡终端签到', pick: operate('signIn', '签到') },
    { label: '刷卡终端结算', detail: '班末或日终；结算后当日交易不能再撤销，只能退货', pick: operate('settle', '结算') },
    { label: '刷卡终端重打印', pick: operate('reprint', '重打印') },
  ] });
}
async function till(desk: Desk): Promise<void> {
  const day = dayOf(desk.client.coreTime);
  const read = await desk.ask(() => desk.client.call('till.day', { day }));
  if (read === undefined) return;
  const lines = read.tills.flatMap(({ openings, takenIn, paidOut, balanceFen }): (readonly [string, string])[] => [['备用金', yuan(openings.amountFen)], ['收入', `${yuan(takenIn.amountFen)}（${String(takenIn.count)} 笔）`], ['退出', `${yuan(paidOut.amountFen)}（${String(paidOut.count)} 笔）`], ['应有现金', yuan(balanceFen)]]);
  desk.show({ kind: 'facts', title: `今日钱箱 ${day}`, lines: lines.length === 0 ? [['', '今天还没有现金']] : lines });
}
/** 票据号段: what is in this cashier's hands. The sheet that comes next can be made void where it is torn or missing. */
async function forms(desk: Desk): Promise<void> {
  const read = await desk.ask(() => desk.client.call('form.runs', {}));
  if (read === undefined) return;
  if (read.runs.length === 0) return desk.hint('没有领用的票据号段，请向票据管理领用');
  desk.show({ kind: 'choose', title: '票据号段：选择后可作废下一张空白票', rows: read.runs.map(({ runNo, kind, medium, firstNumber, lastNumber, nextNumber, left, void: voided, open }) => ({
    label: `${FORM_KINDS[kind]} ${firstNumber}–${lastNumber}`, detail: `下一号 ${nextNumber ?? '—'}　结余 ${String(left)}　作废 ${String(voided)}${open > 0 ? `　未确认 ${String(open)}` : ''}`,
    pick: () => { if (nextNumber !== undefined && medium === 'paper') spoil(desk, runNo, nextNumber); },
  })) });
}
function spoil(desk: Desk, runNo: string, number: string): void {
  const make = (reason: string) => async (): Promise<void> => {
    if ((await desk.ask(() => desk.client.call('form.void', { runNo, number, reason }))) === undefined) return;
    await forms(desk);
    desk.hint(`空白票 ${number} 已作废`);
  };
  desk.show({ kind: 'choose', title: `作废空白票 ${number}？不可撤销`, rows: [{ label: '票据损坏', pick: make('空白票损坏') }, { label: '缺号', pick: make('空白票缺号') }, { label: '返回', pick: () => forms(desk) }] });
}
function openTill(desk: Desk): void {
  const key = press();
  desk.show({ kind: 'ask', title: '备用金', hint: '请输入放入钱箱的金额', take: async (typed) => {
    const amountFen = readYuan(typed);
    if (amountFen === undefined) return desk.hint('金额写法不对，例如 200');
    const opened = await desk.ask(() => desk.client.openTill(key, { amountFen }));
    return opened === undefined ? undefined : desk.show({ kind: 'facts', title: '备用金', lines: [['金额', yuan(opened.amountFen)], ['结果', opened.state === 'opened' ? '已记入' : opened.message]] });
  } });
}

const yuan = (amountFen: number) => `¥${yuanText(amountFen)}`;
const FORM_KINDS = { outpatient: '门诊票据', registration: '挂号票据', deposit: '预交金票据', inpatient: '住院票据' } as const;
const SESSIONS = { morning: '上午', afternoon: '下午', evening: '晚间', night: '夜间', day: '全天' } as const;
const RUNS = { running: '进行中', done: '完成', refused: '终端拒绝', notSent: '未发送', unknown: '结果未知' } as const;
function clockOf(time: string): string {
  return /T(\d{2}:\d{2})/.exec(time)?.[1] ?? time;
}
