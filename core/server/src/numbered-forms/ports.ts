/** What numbered forms (票据) need from outside, and what terminals and the console ask of them. */
import type { BusinessKind } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { FormBatch, FormKind, FormMedium, FormNumber, FormRun } from '../domain/numbered-form.js';
import type { NumberedFormStore } from '../domain/numbered-form-store.js';
import type { OrderBusiness, Owner } from '../domain/order.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { Clock } from '../domain/time.js';

export type FormPorts = {
  readonly hospitalId: string;
  readonly forms: NumberedFormStore;
  readonly store: Pick<MoneyStore, 'findOrder'>;
  readonly policy: Pick<PaymentPolicy, 'invoicedBusinesses' | 'numberedBusinesses'>;
  readonly audit: AuditTrail;
  readonly clock: Clock;
};

export type AskedOnce = { readonly tenant: string; readonly key: string };
/** `till`: only its own numbers exist for whoever asks there, and at a window those a machine was given; absent: finance. */
export type FormCaller = { readonly by: string; readonly till?: string; readonly machinesToo?: boolean };

/** What a till is given: the number that is fixed for the receipt, and how many are left there of its kind. */
export type TakenForm = { readonly form: FormNumber; readonly left: number };

/** At a counter or a machine. */
export type FormsAtTill = {
  /** @throws nothing; refuses NO_FORM_LEFT, FORM_IN_DOUBT, FORM_PRINTED, FUNCTION_NOT_OFFERED (no forms for this business), CONFLICT (not booked), ORDER_NOT_FOUND, IDEMPOTENCY_KEY_REUSED */
  takeForm(request: { readonly tillNo: string; readonly tradeNo: string; /** Given: only its own orders. */ readonly owner?: Owner; readonly by: string; readonly asked: AskedOnce }): Promise<Outcome<TakenForm>>;
  confirmForm(request: { readonly runNo: string; readonly number: string; readonly caller: FormCaller }): Promise<Outcome<FormNumber>>;
  voidForm(request: { readonly runNo: string; readonly number: string; readonly reason: string; readonly caller: FormCaller }): Promise<Outcome<FormNumber>>;
  /** Runs with numbers left, or with a number nobody has confirmed. */
  readFormRuns(request: { readonly tillNo: string }): Promise<readonly FormRun[]>;
};

/** Whoever keeps the store of forms. */
export type FormStoreDesk = {
  registerForms(request: { readonly kind: FormKind; readonly medium: FormMedium; readonly code: string; readonly firstNumber: string; readonly lastNumber: string; readonly by: string; readonly asked: AskedOnce }): Promise<Outcome<FormBatch>>;
  handOutForms(request: { readonly batchNo: string; readonly tillNo: string; readonly count: number; readonly by: string; readonly asked: AskedOnce }): Promise<Outcome<FormRun>>;
  returnForms(request: { readonly runNo: string; readonly nextNumber: string; readonly by: string }): Promise<Outcome<FormRun>>;
  listFormBatches(): Promise<readonly FormBatch[]>;
  listFormRuns(filter: { readonly tillNo?: string; readonly live?: boolean }): Promise<readonly FormRun[]>;
  listFormNumbers(request: { readonly runNo: string }): Promise<readonly FormNumber[]>;
};

export type NumberedFormDesk = FormsAtTill & FormStoreDesk;

/** A receipt of this business is printed on a numbered form here. */
export function takesForm(policy: Pick<PaymentPolicy, 'numberedBusinesses'>, business: OrderBusiness): business is BusinessKind {
  return policy.numberedBusinesses.some((numbered) => numbered === business);
}
