import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import * as sdk from '@hospay/payment-sdk';
import { ERRORS } from '@hospay/server/domain/errors.js';
import { paymentApiDocument } from '@hospay/server/edges/http/payment-api/payment-api.js';
import type { PaymentApiShapes } from '@hospay/server/edges/http/payment-api/schemas.js';
import type { HisApiShapes } from '@hospay/server/edges/http/payment-api/his-routes.js';
import type { PatientApiShapes } from '@hospay/server/edges/http/payment-api/patient-schemas.js';
import type { HospitalApiShapes } from '@hospay/server/edges/http/payment-api/hospital-schemas.js';
import type { QuickPayApiShapes } from '@hospay/server/edges/http/payment-api/quick-pay-schemas.js';
import type { PresettlementView } from '@hospay/server/insurance/presettlement-view.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { OrderSyncApiShapes } from '@hospay/server/edges/http/payment-api/order-sync-routes.js';
import type { MerchantApiShapes } from '@hospay/server/edges/http/payment-api/merchant-schemas.js';
import type { MerchantSettlement } from '@hospay/server/merchants/ports.js';
import type { StatementApiShapes } from '@hospay/server/edges/http/payment-api/statement-schemas.js';
import type { StatementFileView } from '@hospay/server/statement-files/statement-file-view.js';
import { startStand } from './payment-api-stand.js';

type Json = { readonly [key: string]: Json } & object;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const at = (value: unknown, ...path: string[]): unknown => path.reduce<unknown>((here, key) => (isObject(here) ? here[key] : undefined), value);
const entries = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : []);
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

function operations(document: unknown): { path: string; method: string; operation: unknown }[] {
  return entries(at(document, 'paths')).flatMap(([path, item]) => entries(item).map(([method, operation]) => ({ path, method, operation })));
}
function* refsIn(value: unknown): Generator<string> {
  for (const [key, item] of entries(value)) {
    if (key === '$ref' && typeof item === 'string') yield item;
    else yield* refsIn(item);
  }
}

test('the document is OpenAPI 3.1 in structure: unique operation ids, declared path parameters, a described answer for each status', () => {
  const document = paymentApiDocument();
  assert.equal(document['openapi'], '3.1.0');
  for (const key of ['title', 'version']) assert.equal(typeof at(document, 'info', key), 'string');
  const ids = operations(document).map(({ operation }) => at(operation, 'operationId'));
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(ids.length, 67);
  for (const { path, method, operation } of operations(document)) {
    assert.ok(path.startsWith('/api/v1/') && METHODS.includes(method), path);
    const parameters = entries(at(operation, 'parameters')).map(([, parameter]) => parameter);
    const inPath = parameters.filter((parameter) => at(parameter, 'in') === 'path').map((parameter) => at(parameter, 'name'));
    assert.deepEqual(inPath, [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]), path);
    for (const parameter of parameters) assert.ok(isObject(at(parameter, 'schema')) && ['path', 'query', 'header'].includes(String(at(parameter, 'in'))), path);
    const responses = entries(at(operation, 'responses'));
    assert.ok(responses.some(([status]) => status.startsWith('2')), path);
    for (const [status, response] of responses) assert.ok(/^[2-5]\d\d$/.test(status) && typeof at(response, 'description') === 'string', `${path} ${status}`);
    for (const [, requirement] of entries(at(operation, 'security'))) {
      for (const [scheme] of entries(requirement)) assert.ok(at(document, 'components', 'securitySchemes', scheme) !== undefined, scheme);
    }
  }
});

test('every reference resolves and no schema carries marks of the library that made it', () => {
  const document: unknown = JSON.parse(JSON.stringify(paymentApiDocument()));
  const refs = new Set(refsIn(document));
  assert.ok(refs.size > 10);
  for (const ref of refs) assert.ok(at(document, ...ref.replace(/^#\//, '').split('/')) !== undefined, ref);
  assert.doesNotMatch(JSON.stringify(document), /"~/);
});

test('the document states every error an operation may answer, under its own status, with an example; the SDK knows the same codes', () => {
  const codes = new Set<string>();
  for (const { path, operation } of operations(paymentApiDocument())) {
    for (const [, code] of entries(at(operation, 'x-error-codes'))) {
      assert.ok(typeof code === 'string');
      codes.add(code);
      const entry = Object.entries(ERRORS).find(([known]) => known === code)?.[1];
      assert.ok(entry !== undefined, code);
      const response = at(operation, 'responses', String(entry.httpStatus));
      assert.match(String(at(response, 'description')), new RegExp(`\\b${code}: ${entry.zh}`), path);
      assert.equal(at(response, 'content', 'application/json', 'examples', code, 'value', 'error', 'zh'), entry.zh);
    }
  }
  // Not an operation's answer: what a path outside the table gets.
  assert.deepEqual([...codes, 'UNSUPPORTED_OPERATION'].sort(), [...sdk.PAYMENT_API_ERROR_CODES].sort());
});

test('the served document is the generated one, and every documented operation is really there', async (context) => {
  const stand = await startStand(context);
  const served: unknown = await (await fetch(`${stand.origin}/api/v1/openapi.json`)).json();
  assert.deepEqual(served, JSON.parse(JSON.stringify(paymentApiDocument())));
  for (const { path, method, operation } of operations(served)) {
    const response = await fetch(`${stand.origin}${path.replace(/\{\w+\}/g, '2026-11-11')}`, { method: method.toUpperCase() });
    const text = await response.text();
    const isOpen = entries(at(operation, 'security')).length === 0;
    // Without a signature every signed operation answers the door, not 404.
    assert.equal(response.status, isOpen ? 200 : 401, `${method} ${path}`);
    if (!isOpen) assert.match(text, /SIGNATURE_INVALID/);
  }
});

test('the guide for developers names every operation, and every error code with its texts', async () => {
  const guide = await readFile(new URL('../../../core/docs/payment-api.md', import.meta.url), 'utf8');
  for (const { path, method } of operations(paymentApiDocument())) assert.ok(guide.includes(`${method.toUpperCase()} ${path}`), `${method.toUpperCase()} ${path}`);
  for (const code of sdk.PAYMENT_API_ERROR_CODES) {
    const { httpStatus, zh, en, nextZh } = ERRORS[code];
    assert.ok(guide.includes(`| \`${code}\` | ${String(httpStatus)} | ${zh} | ${en} | ${nextZh} |`), code);
  }
});

test('the test vector of the guide is what the SDK computes', async () => {
  const guide = await readFile(new URL('../../../core/docs/payment-api.md', import.meta.url), 'utf8');
  const body = '{"quoteId":"Q7M3","amountFen":12345,"method":"nativeQr"}';
  const signature = sdk.sign('test-secret-0123456789abcdef0123456789', { method: 'POST', target: '/api/v1/payments', timestamp: '1795140000', nonce: 'n0nce-0001', body, idempotencyKey: 'visit-20261120-0001' });
  assert.ok(guide.includes(signature), signature);
  const read = sdk.sign('test-secret-0123456789abcdef0123456789', { method: 'GET', target: '/api/v1/payments/H20261120100000ABCDEFGHJ?fresh=true', timestamp: '1795140000', nonce: 'n0nce-0002', body: '' });
  assert.ok(guide.includes(read), read);
});

/** The compiler proves these: the SDK's types are the types of the schemas from which the document is generated, and those are the use cases' views. */
type Plain<Value> = Value extends readonly (infer Item)[] ? Plain<Item>[] : Value extends object ? { -readonly [Key in keyof Value]: Plain<Value[Key]> } : Value;
type Same<Left, Right> = (<T>() => T extends Plain<Left> ? 1 : 2) extends <T>() => T extends Plain<Right> ? 1 : 2 ? true : false;
const proven: readonly true[] = [
  true satisfies Same<sdk.PatientSearch, PaymentApiShapes['PatientSearch']>,
  true satisfies Same<sdk.Patient, PaymentApiShapes['Patient']>,
  true satisfies Same<sdk.BillSearch, PaymentApiShapes['BillSearch']>,
  true satisfies Same<sdk.Bill, PaymentApiShapes['Bill']>,
  true satisfies Same<sdk.QuoteRequest, PaymentApiShapes['QuoteRequest']>,
  true satisfies Same<sdk.Quote, PaymentApiShapes['Quote']>,
  true satisfies Same<sdk.CardBindingRequest, QuickPayApiShapes['CardBindingRequest']>,
  true satisfies Same<sdk.BoundCard, QuickPayApiShapes['BoundCard']>,
  true satisfies Same<sdk.PaymentPassword, QuickPayApiShapes['PaymentPassword']>,
  true satisfies Same<sdk.NewPaymentPassword, QuickPayApiShapes['NewPaymentPassword']>,
  true satisfies Same<sdk.PaymentPasswordChange, QuickPayApiShapes['PaymentPasswordChange']>,
  true satisfies Same<sdk.HolderCheckRequest, QuickPayApiShapes['HolderCheckRequest']>,
  true satisfies Same<sdk.HolderCheck, QuickPayApiShapes['HolderCheck']>,
  true satisfies Same<sdk.PaymentPasswordReset, QuickPayApiShapes['PaymentPasswordReset']>,
  true satisfies Same<sdk.QuickPaymentRequest, QuickPayApiShapes['QuickPaymentRequest']>,
  true satisfies Same<sdk.NewPatient, PatientApiShapes['NewPatient']>,
  true satisfies Same<sdk.PatientFile, PatientApiShapes['PatientFile']>,
  true satisfies Same<sdk.PatientChange, PatientApiShapes['PatientChange']>,
  true satisfies Same<sdk.CardSearch, PatientApiShapes['CardSearch']>,
  true satisfies Same<sdk.CardCheck, PatientApiShapes['CardCheck']>,
  true satisfies Same<sdk.ReportSearch, PatientApiShapes['ReportSearch']>,
  true satisfies Same<sdk.ReportRequest, PatientApiShapes['ReportRequest']>,
  true satisfies Same<sdk.Report, PatientApiShapes['Report']>,
  true satisfies Same<sdk.ReportItem, PatientApiShapes['ReportItem']>,
  true satisfies Same<sdk.ReadReport, PatientApiShapes['ReadReport']>,
  true satisfies Same<sdk.Price, PatientApiShapes['Price']>,
  true satisfies Same<sdk.QueuePlace, PatientApiShapes['QueuePlace']>,
  true satisfies Same<sdk.GuidedVisit, PatientApiShapes['GuidedVisit']>,
  true satisfies Same<sdk.Department, HospitalApiShapes['Department']>,
  true satisfies Same<sdk.Doctor, HospitalApiShapes['Doctor']>,
  true satisfies Same<sdk.Schedule, HospitalApiShapes['Schedule']>,
  true satisfies Same<sdk.Slot, HospitalApiShapes['Slot']>,
  true satisfies Same<sdk.RegistrationRequest, HospitalApiShapes['RegistrationRequest']>,
  true satisfies Same<sdk.HeldRegistration, HospitalApiShapes['HeldRegistration']>,
  true satisfies Same<sdk.RegistrationSearch, HospitalApiShapes['RegistrationSearch']>,
  true satisfies Same<sdk.Registration, HospitalApiShapes['Registration']>,
  true satisfies Same<sdk.CheckIn, HospitalApiShapes['CheckIn']>,
  true satisfies Same<sdk.CheckedIn, HospitalApiShapes['CheckedIn']>,
  true satisfies Same<sdk.InpatientSearch, HospitalApiShapes['InpatientSearch']>,
  true satisfies Same<sdk.Inpatient, HospitalApiShapes['Inpatient']>,
  true satisfies Same<sdk.Stay, HospitalApiShapes['Stay']>,
  true satisfies Same<sdk.StayDay, HospitalApiShapes['StayDay']>,
  true satisfies Same<sdk.Deposit, HospitalApiShapes['Deposit']>,
  true satisfies Same<sdk.DailyFee, HospitalApiShapes['DailyFee']>,
  true satisfies Same<sdk.FeeSum, HospitalApiShapes['FeeSum']>,
  true satisfies Same<sdk.DepositQuoteRequest, HospitalApiShapes['DepositQuoteRequest']>,
  true satisfies Same<sdk.DischargeQuote, HospitalApiShapes['DischargeQuote']>,
  true satisfies Same<sdk.DischargeRequest, HospitalApiShapes['DischargeRequest']>,
  true satisfies Same<sdk.Discharge, HospitalApiShapes['Discharge']>,
  true satisfies Same<sdk.HisRefundRequest, HisApiShapes['HisRefundRequest']>,
  true satisfies Same<sdk.HisRefund, HisApiShapes['HisRefund']>,
  true satisfies Same<sdk.StoppedClinicRequest, HisApiShapes['StoppedClinicRequest']>,
  true satisfies Same<sdk.StoppedRegistration, HisApiShapes['StoppedRegistration']>,
  true satisfies Same<sdk.InsuredSearch, PaymentApiShapes['InsuredSearch']>,
  true satisfies Same<sdk.InsuredPerson, PaymentApiShapes['InsuredPerson']>,
  true satisfies Same<sdk.PresettlementRequest, PaymentApiShapes['PresettlementRequest']>,
  true satisfies Same<sdk.Presettlement, PaymentApiShapes['Presettlement']>,
  true satisfies Same<PresettlementView, PaymentApiShapes['Presettlement']>,
  true satisfies Same<sdk.PaymentRequest, PaymentApiShapes['PaymentRequest']>,
  true satisfies Same<sdk.FurtherPaymentRequest, PaymentApiShapes['FurtherPaymentRequest']>,
  true satisfies Same<sdk.Order, PaymentApiShapes['Order']>,
  true satisfies Same<sdk.RefundRequest, PaymentApiShapes['RefundRequest']>,
  true satisfies Same<sdk.RefundAnswer, PaymentApiShapes['RefundAnswer']>,
  true satisfies Same<sdk.PlatformTime, PaymentApiShapes['Time']>,
  true satisfies Same<sdk.OrderNotification, PaymentApiShapes['OrderNotification']>,
  true satisfies Same<sdk.ErrorAnswer, PaymentApiShapes['ErrorAnswer']>,
  true satisfies Same<sdk.OrderChanges, OrderSyncApiShapes['OrderChanges']>,
  true satisfies Same<sdk.OrdersSearch, OrderSyncApiShapes['OrdersSearch']>,
  true satisfies Same<sdk.OrdersFound, OrderSyncApiShapes['OrdersFound']>,
  true satisfies Same<sdk.StatementFile, StatementApiShapes['StatementFile']>,
  true satisfies Same<sdk.StatementNotification, StatementApiShapes['StatementNotification']>,
  true satisfies Same<StatementFileView, StatementApiShapes['StatementFile']>,
  true satisfies Same<sdk.MerchantPaymentPage, MerchantApiShapes['MerchantPaymentPage']>,
  true satisfies Same<sdk.MerchantOrder, MerchantApiShapes['MerchantOrder']>,
  true satisfies Same<sdk.MerchantFigures, MerchantApiShapes['MerchantFigures']>,
  true satisfies Same<sdk.MerchantSettlement, MerchantApiShapes['MerchantSettlement']>,
  true satisfies Same<MerchantSettlement, MerchantApiShapes['MerchantSettlement']>,
  true satisfies Same<Omit<OrderView, 'refunds'>, Omit<PaymentApiShapes['Order'], 'refunds'>>,
];

test("the SDK's types are those of the document's schemas (proven by the compiler)", () => {
  assert.equal(proven.length, 78);
  // @ts-expect-error a type that differs is told apart
  false satisfies Same<sdk.Quote, PaymentApiShapes['Order']> extends false ? true : false;
});
