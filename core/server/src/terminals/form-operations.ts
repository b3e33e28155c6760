/** Numbered forms (票据) at the window or kiosk that prints them: each receipt has one number, each number one receipt or its void. */
import { Type } from 'typebox';
import { FORM_KINDS, FORM_MEDIA, FORM_STATES, formNumber, type FormNumber } from '../domain/numbered-form.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { ownTillNo } from '../domain/own-till.js';
import type { FormCaller } from '../numbered-forms/ports.js';
import { closed, Id, mayCountCash, needsOperator, operation, ownerOf, tenantOf, type OperationContext } from './operation.js';

const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
const FormSchema = Type.Object({ runNo: Text, kind: Type.Enum(FORM_KINDS), medium: Type.Enum(FORM_MEDIA), code: Text, number: Text, state: Type.Enum(FORM_STATES), tradeNo: Type.Optional(Text), reason: Type.Optional(Text), at: Text }, closed);
const Pointer = { runNo: Id(20), number: Id(40) };

export const FORM_OPERATIONS = {
  'form.take': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object({ tradeNo: Id(32) }, closed),
    reply: Type.Object({ form: FormSchema, left: Count }, closed),
    handle: (context, { tradeNo }) => atTill(context, async (caller, tillNo) => {
      const { ports, terminal, idem } = context;
      const taken = await ports.useCases.takeForm({ tillNo, tradeNo, ...(needsOperator(terminal) ? {} : { owner: ownerOf(terminal) }), by: caller.by, asked: { tenant: tenantOf(terminal), key: idem ?? '' } });
      return taken.kind === 'ok' ? ok({ form: viewForm(taken.value.form), left: taken.value.left }) : taken;
    }),
  }),
  'form.printed': operation({
    operator: 'required',
    request: Type.Object(Pointer, closed),
    reply: FormSchema,
    handle: (context, pointer) => atTill(context, async (caller) => {
      const confirmed = await context.ports.useCases.confirmForm({ ...pointer, caller });
      return confirmed.kind === 'ok' ? ok(viewForm(confirmed.value)) : confirmed;
    }),
  }),
  'form.void': operation({
    operator: 'required',
    request: Type.Object({ ...Pointer, reason: Type.String({ minLength: 2, maxLength: 80 }) }, closed),
    reply: FormSchema,
    handle: (context, { reason, ...pointer }) => atTill(context, async (caller) => {
      const made = await context.ports.useCases.voidForm({ ...pointer, reason, caller });
      return made.kind === 'ok' ? ok(viewForm(made.value)) : made;
    }),
  }),
  'form.runs': operation({
    operator: 'required',
    request: Type.Object({}, closed),
    reply: Type.Object({ runs: Type.Array(Type.Object({ runNo: Text, kind: Type.Enum(FORM_KINDS), medium: Type.Enum(FORM_MEDIA), code: Text, firstNumber: Text, lastNumber: Text, nextNumber: Type.Optional(Text), left: Count, printed: Count, void: Count, open: Count }, closed)) }, closed),
    handle: (context) => atTill(context, async (_caller, tillNo) => {
      const runs = await context.ports.useCases.readFormRuns({ tillNo });
      return ok({ runs: runs.slice(0, MOST_RUNS).map(({ runNo, kind, medium, code, left, printed, open, void: voided, ...run }) => ({
        runNo, kind, medium, code, firstNumber: formNumber(run, run.first), lastNumber: formNumber(run, run.last), ...(run.next === undefined ? {} : { nextNumber: formNumber(run, run.next) }), left, printed, void: voided, open,
      })) });
    }),
  }),
} as const;

/** Nobody holds more at once, and an answer fits one message. */
const MOST_RUNS = 30;

/** At a window the person's own numbers, at a kiosk the machine's, as their tills are. */
async function atTill(context: OperationContext, work: (caller: FormCaller, tillNo: string) => Promise<Outcome<object>>): Promise<Outcome<object>> {
  const { terminal, operator } = context;
  if (!mayCountCash(terminal)) return refused('NOT_PERMITTED', 'numbered forms are printed at windows and kiosks');
  const operatorId = needsOperator(terminal) ? operator?.operatorNo : '';
  if (operatorId === undefined) return refused('OPERATOR_NOT_SIGNED_IN');
  const tillNo = ownTillNo(terminal, operatorId);
  return work({ by: operatorId === '' ? tenantOf(terminal) : operatorId, till: tillNo, machinesToo: needsOperator(terminal) }, tillNo);
}

function viewForm({ runNo, kind, medium, code, number, state, tradeNo, reason, at }: FormNumber) {
  return { runNo, kind, medium, code, number, state, at, ...(tradeNo === undefined ? {} : { tradeNo }), ...(reason === undefined ? {} : { reason }) };
}
