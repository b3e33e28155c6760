import { createHash } from 'node:crypto';
import { assertNever } from '../domain/assert-never.js';
import { quoted } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { FORM_MEDIA, formKindOf, readFormRange, type FormBatch, type FormNumber, type FormRun } from '../domain/numbered-form.js';
import type { FormPointer, SettleFormResult } from '../domain/numbered-form-store.js';
import { takesForm, type FormCaller, type FormPorts, type FormsAtTill, type FormStoreDesk, type NumberedFormDesk, type TakenForm } from './ports.js';

/** More is a slip of the finger; serials may be many. */
const MOST_FORMS = 100_000_000;

/** The use cases of numbered forms with their ports given. */
export function createNumberedFormDesk(ports: FormPorts): NumberedFormDesk {
  const { forms } = ports;
  return {
    takeForm: (request) => takeForm(ports, request),
    confirmForm: async ({ runNo, number, caller }) => settled(await forms.confirmPrinted({ runNo, number, ...tillOf(caller), by: caller.by, now: ports.clock.now() })),
    voidForm: (request) => voidForm(ports, request),
    readFormRuns: ({ tillNo }) => forms.listRuns({ tillNo, live: true }),
    registerForms: (request) => registerForms(ports, request),
    handOutForms: (request) => handOutForms(ports, request),
    returnForms: (request) => returnForms(ports, request),
    listFormBatches: () => forms.listBatches(),
    listFormRuns: (filter) => forms.listRuns(filter),
    listFormNumbers: ({ runNo }) => forms.listNumbers(runNo),
  };
}

/**
 * The next number of a till for one receipt, fixed before it is printed. The same key answers the same number for ever; another key is told that the receipt has one: whether its sheet came out is for
 * a person to say, since the machine that asks again after a power cut cannot know.
 */
async function takeForm({ hospitalId, forms, store, policy, clock }: FormPorts, { tillNo, tradeNo, owner, by, asked }: Parameters<FormsAtTill['takeForm']>[0]): Promise<Outcome<TakenForm>> {
  const found = await store.findOrder(tradeNo);
  if (found?.order.hospitalId !== hospitalId || (owner !== undefined && !(found.order.owner.kind === owner.kind && found.order.owner.id === owner.id))) return refused('ORDER_NOT_FOUND');
  const business = found.order.business ?? 'bill';
  if (!takesForm(policy, business)) return refused('FUNCTION_NOT_OFFERED', { zh: `该业务不使用编号票据（payments.numberedBusinesses：${business}）`, en: `payments.numberedBusinesses: ${business}` });
  // Two documents of one charge would be deducted twice: beside an electronic invoice a number is a serial, not a sheet.
  const media = policy.invoicedBusinesses.includes(business) ? (['serial'] as const) : FORM_MEDIA;
  const taken = await forms.take({ hospitalId, tillNo, tradeNo, kind: formKindOf(business), media, by, idempotency: { ...asked, requestHash: hashOf('take', tillNo, tradeNo) }, now: clock.now() });
  switch (taken.kind) {
    case 'taken':
    case 'replayed':
      return ok({ form: taken.form, left: taken.left });
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'notBooked':
      return refused('CONFLICT', { zh: '医院尚未确认入账，没有可打印的收据', en: 'no receipt to print: the hospital has not confirmed' });
    case 'noneLeft':
      return refused('NO_FORM_LEFT', quoted(`${formKindOf(business)} ${media.join(', ')}`));
    case 'hasNumber':
      return refused(taken.form.state === 'printed' ? 'FORM_PRINTED' : 'FORM_IN_DOUBT', quoted(`${taken.form.runNo} ${taken.form.number}`));
    default:
      return assertNever(taken);
  }
}

async function voidForm({ forms, audit, clock }: FormPorts, { runNo, number, reason, caller }: Parameters<FormsAtTill['voidForm']>[0]): Promise<Outcome<FormNumber>> {
  const done = settled(await forms.makeVoid({ runNo, number, ...tillOf(caller), reason, by: caller.by, now: clock.now() }));
  if (done.kind !== 'ok') return done;
  const { code, tradeNo } = done.value;
  await audit.record({ who: caller.by, what: 'form.void', object: `form ${code} ${number}`, after: { runNo, ...(tradeNo === undefined ? {} : { tradeNo }) }, reason });
  return done;
}

async function registerForms({ forms, audit, clock }: FormPorts, { kind, medium, code, firstNumber, lastNumber, by, asked }: Parameters<FormStoreDesk['registerForms']>[0]): Promise<Outcome<FormBatch>> {
  const range = readFormRange(firstNumber, lastNumber);
  if (range === undefined || range.last - range.first >= MOST_FORMS) return refused('MALFORMED_REQUEST', { zh: '起止号须前缀和长度一致、末尾最多十二位数字、止号不小于起号，最多一亿张', en: 'firstNumber, lastNumber: one prefix and length, up to twelve digits at the end, the last not before the first, at most 100 million forms' });
  const done = await forms.register({ batch: { kind, medium, code, ...range }, by, idempotency: { ...asked, requestHash: hashOf('register', kind, medium, code, firstNumber, lastNumber) }, now: clock.now() });
  if (done.kind === 'keyReused') return refused('IDEMPOTENCY_KEY_REUSED');
  if (done.kind === 'overlaps') return refused('FORMS_KNOWN', done.batchNo);
  if (done.kind === 'done') await audit.record({ who: by, what: 'form.register', object: `batch ${done.batch.batchNo}`, after: { kind, medium, code, firstNumber, lastNumber } });
  return ok(done.batch);
}

async function handOutForms({ forms, audit, clock }: FormPorts, { batchNo, tillNo, count, by, asked }: Parameters<FormStoreDesk['handOutForms']>[0]): Promise<Outcome<FormRun>> {
  const done = await forms.handOut({ batchNo, tillNo, count, by, idempotency: { ...asked, requestHash: hashOf('handOut', batchNo, tillNo, count) }, now: clock.now() });
  if (done.kind === 'keyReused') return refused('IDEMPOTENCY_KEY_REUSED');
  if (done.kind === 'notFound') return refused('NO_SUCH_ITEM', batchNo);
  if (done.kind === 'notEnough') return refused('FORMS_NOT_THERE', { zh: `最多有 ${String(done.most)} 张连续的票据`, en: `at most ${String(done.most)} lie together` });
  if (done.kind === 'done') await audit.record({ who: by, what: 'form.handOut', object: `run ${done.run.runNo}`, after: { batchNo, tillNo, count } });
  return ok(done.run);
}

async function returnForms({ forms, audit, clock }: FormPorts, { runNo, nextNumber, by }: Parameters<FormStoreDesk['returnForms']>[0]): Promise<Outcome<FormRun>> {
  const done = await forms.takeBack({ runNo, nextNumber, by, now: clock.now() });
  if (done.kind === 'notFound') return refused('NO_SUCH_ITEM', runNo);
  if (done.kind === 'nothingLeft') return refused('CONFLICT', { zh: '该号段没有可交回的票据', en: 'nothing of this run is left to return' });
  if (done.kind === 'moved') return refused('FORM_NOT_NEXT', { zh: `下一个可用号是 ${done.next}`, en: `the next is ${done.next}` });
  await audit.record({ who: by, what: 'form.return', object: `run ${runNo}`, after: { nextNumber, tillNo: done.run.tillNo } });
  return ok(done.run);
}

function settled(result: SettleFormResult): Outcome<FormNumber> {
  switch (result.kind) {
    case 'done':
      return ok(result.form);
    case 'notFound':
      return refused('NO_SUCH_ITEM');
    case 'isVoid':
      return refused('FORM_VOID');
    case 'notNext':
      return refused('FORM_NOT_NEXT', result.next === undefined ? { zh: '该号段没有剩余的票据号', en: 'no number is left in this run' } : { zh: `下一个可用号是 ${result.next}`, en: `the next is ${result.next}` });
    default:
      return assertNever(result);
  }
}

function tillOf({ till, machinesToo = false }: FormCaller): Pick<FormPointer, 'tillNo' | 'machinesToo'> {
  return till === undefined ? {} : { tillNo: till, machinesToo };
}
function hashOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
