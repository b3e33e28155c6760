/** 建档与就诊卡 at a window: a file is made, a card is looked at, reported lost and made anew. What has no answer about a card is looked at, never sent again by itself. */
import { isIdNumber, type RequestOf } from '../src/index.js';
import type { Desk } from './desk.js';

type NewFile = RequestOf<'patient.create'>;

export function filesAndCards(desk: Desk): void {
  if (desk.isDoctor) return;
  const rows = [
    ...(desk.offers('createPatient') ? [{ label: '新建档案', detail: '有身份证', pick: () => { askIdNumber(desk); } }, { label: '新建档案', detail: '无身份证：护照、新生儿等', pick: () => { askPassport(desk); } }] : []),
    ...(desk.offers('checkCard') ? [{ label: '查卡状态', pick: () => { askCard(desk, '查卡状态', showCard); } }] : []),
    ...(desk.offers('reportCardLost') ? [{ label: '挂失', pick: () => { askCard(desk, '挂失就诊卡', reportLost); } }] : []),
    ...(desk.offers('reissueCard') ? [{ label: '补办新卡', detail: '先挂失，旧卡随即作废', pick: () => { askCard(desk, '补办就诊卡', reissue); } }] : []),
  ];
  if (rows.length === 0) return desk.hint('本院未开通建档与就诊卡功能');
  desk.show({ kind: 'choose', title: '建档与就诊卡', rows });
}

function askIdNumber(desk: Desk): void {
  ask(desk, '新建档案', '请读身份证，或输入身份证号', (typed) => {
    const idNo = typed.toUpperCase();
    if (!isIdNumber(idNo)) return desk.hint('身份证号不正确，请核对');
    const birthday = `${idNo.slice(6, 10)}-${idNo.slice(10, 12)}-${idNo.slice(12, 14)}`;
    return askName(desk, { idType: 'idCard', idNo, birthday, sex: Number(idNo[16]) % 2 === 1 ? 'male' : 'female' });
  });
}
function askPassport(desk: Desk): void {
  ask(desk, '新建档案', '请输入证件号码', (idNo) => ask(desk, '新建档案', '请输入出生日期，例如 2026-03-02', (birthday) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(birthday) || Number.isNaN(Date.parse(birthday))) return desk.hint('日期写法不对，例如 2026-03-02');
    const withSex = (sex: NewFile['sex']) => () => askName(desk, { idType: 'passport', idNo, birthday, sex });
    return desk.show({ kind: 'choose', title: '性别', rows: [{ label: '男', pick: withSex('male') }, { label: '女', pick: withSex('female') }] });
  }));
}
function askName(desk: Desk, known: Omit<NewFile, 'name' | 'phone'>): void {
  ask(desk, '新建档案', '请输入姓名', (name) => ask(desk, '新建档案', '请输入电话', (phone) => {
    const file = { ...known, name, phone };
    return isChild(known.birthday, desk.client.coreTime) ? askGuardian(desk, file) : make(desk, file);
  }));
}
/** Below fourteen a guardian answers for the patient. */
function isChild(birthday: string, now: Date): boolean {
  return `${String(Number(birthday.slice(0, 4)) + 14)}${birthday.slice(4)}` > now.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
}
function askGuardian(desk: Desk, file: NewFile): void {
  ask(desk, '儿童须有监护人', '请输入监护人姓名', (guardianName) => ask(desk, '儿童须有监护人', '请输入监护人身份证号', (typed) => {
    const guardianIdNo = typed.toUpperCase();
    return isIdNumber(guardianIdNo) ? make(desk, { ...file, guardianName, guardianIdNo }) : desk.hint('监护人身份证号不正确，请核对');
  }));
}
/** The same person a second time finds the same file: after silence it is simply pressed again. */
async function make(desk: Desk, file: NewFile): Promise<void> {
  const made = await desk.ask(() => desk.client.call('patient.create', file));
  if (made !== undefined) return desk.show({ kind: 'facts', title: `${file.name} 已建档`, lines: [['患者号', made.patientId], ['卡号', made.cardFaceNo ?? made.cardNo ?? '—']] });
  if (desk.trouble?.kind === 'noAnswer') desk.show({ kind: 'choose', title: '没有应答：重发不会建两份', rows: [{ label: '重发', pick: () => make(desk, file) }, { label: '返回', pick: () => { desk.home(); } }] }, desk.trouble);
}

type Card = { readonly cardNo: string; readonly patientId: string; readonly state: keyof typeof STATES };
const STATES = { valid: '正常', lost: '已挂失', cancelled: '已作废' } as const;

/** The card as the HIS has it now is shown before anything is done about it. */
function askCard(desk: Desk, title: string, then: (desk: Desk, card: Card) => unknown): void {
  ask(desk, title, '请扫描或输入卡面号码', async (cardNo) => {
    const checked = await desk.ask(() => desk.client.call('card.check', { cardType: 'visitCard', cardNo }));
    return checked === undefined ? undefined : then(desk, { cardNo, ...checked });
  });
}
function showCard(desk: Desk, { cardNo, patientId, state }: Card): void {
  desk.show({ kind: 'facts', title: '就诊卡', lines: [['卡号', cardNo], ['患者号', patientId], ['状态', STATES[state]]] });
}
function reportLost(desk: Desk, card: Card): void {
  if (card.state !== 'valid') return desk.hint(`该卡${STATES[card.state]}，无须挂失`);
  sure(desk, `挂失 ${card.cardNo}？挂失后不能再用`, '确认挂失', async () => {
    const { patientId, cardNo } = card;
    if ((await desk.ask(() => desk.client.call('card.reportLost', { patientId, cardNo }))) !== undefined) showCard(desk, { ...card, state: 'lost' });
    else desk.show({ kind: 'start' }, desk.trouble);
  });
}
function reissue(desk: Desk, card: Card): void {
  if (card.state !== 'lost') return desk.hint(card.state === 'valid' ? '该卡正常：补办须先挂失' : '该卡已作废：请核对是否已补办');
  sure(desk, `为 ${card.cardNo} 补办新卡？旧卡随即作废`, '确认补办', async () => {
    const { patientId, cardNo } = card;
    const made = await desk.ask(() => desk.client.call('card.reissue', { patientId, cardNo }));
    if (made !== undefined) desk.show({ kind: 'facts', title: '已补办', lines: [['旧卡', `${cardNo}（已作废）`], ['新卡', made.cardFaceNo ?? made.cardNo ?? '—'], ['患者号', made.patientId]] });
    // Without an answer the card is looked at, by whoever stands here.
    else desk.show({ kind: 'start' }, desk.trouble);
  });
}

function sure(desk: Desk, title: string, yes: string, act: () => unknown): void {
  desk.show({ kind: 'choose', title, rows: [{ label: yes, pick: act }, { label: '返回', pick: () => { desk.home(); } }] });
}
function ask(desk: Desk, title: string, hint: string, take: (typed: string) => unknown): void {
  desk.show({ kind: 'ask', title, hint, take });
}
