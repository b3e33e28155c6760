/** From canonical records to the contract's own shapes. Everything throws GarbledAnswer when a record cannot be such a thing. */
import { HIS_RESULT_SCHEMAS, type Bill, type BillLine, type Confirmation, type DayListLine, type DictionaryEntry, type InsuranceDetails, type Patient, type Quote } from '../hospital-adapter.js';
import { fen, type Fen } from '../money.js';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { GarbledAnswer, type CanonicalRecord } from './read-answer.js';

export function patientFrom(record: CanonicalRecord): Patient {
  return {
    ...textFields(record, ['birthday', 'idNo', 'cardNo', 'phone', 'feeCategory']),
    patientId: textOf(record, 'patientId'), name: textOf(record, 'name'), sex: sexOf(record),
  };
}

export function entryFrom(record: CanonicalRecord): DictionaryEntry {
  return { code: textOf(record, 'code'), name: textOf(record, 'name') };
}

export function billFrom(record: CanonicalRecord): Bill {
  return {
    billNo: textOf(record, 'billNo'), billType: textOf(record, 'billType'), billedAt: textOf(record, 'billedAt'), departmentName: textOf(record, 'departmentName'),
    doctorName: textOf(record, 'doctorName'), amountFen: fenOf(record, 'amountFen'), lines: [],
  };
}

export function lineFrom(record: CanonicalRecord): BillLine {
  return {
    ...textFields(record, ['spec', 'unit']),
    lineNo: textOf(record, 'lineNo'), itemCode: textOf(record, 'itemCode'), itemName: textOf(record, 'itemName'), quantity: textOf(record, 'quantity'),
    amountFen: fenOf(record, 'amountFen'),
  };
}

/** @throws GarbledAnswer when the parts do not make the total, by more than this HIS rounds: nobody can say then what the patient owes. */
export function quoteFrom(record: CanonicalRecord, largestRoundingFen: number): Quote {
  const quote = {
    quoteNo: textOf(record, 'quoteNo'), totalFen: fenOf(record, 'totalFen'), fundFen: fenOf(record, 'fundFen'), personalAccountFen: fenOf(record, 'personalAccountFen'),
    selfPayFen: fenOf(record, 'selfPayFen'), validUntil: textOf(record, 'validUntil'),
  };
  const roundingFen = quote.fundFen + quote.personalAccountFen + quote.selfPayFen - quote.totalFen;
  if (Math.abs(roundingFen) > largestRoundingFen) throw new GarbledAnswer('presettle: fund, account and self-pay do not make the total');
  return roundingFen === 0 ? quote : { ...quote, roundingFen };
}

export function confirmationFrom(record: CanonicalRecord): Confirmation {
  return {
    ...textFields(record, ['pickupWindow', 'guide', 'queueNo', 'place']),
    settlementNo: textOf(record, 'settlementNo'), receiptNo: textOf(record, 'receiptNo'), amountFen: fenOf(record, 'amountFen'),
  };
}

export function dayLineFrom(record: CanonicalRecord): DayListLine {
  const kind = textOf(record, 'kind');
  if (kind !== 'payment' && kind !== 'refund') throw new GarbledAnswer('listDay: kind is neither payment nor refund');
  return {
    ...textFields(record, ['refundNo']),
    kind, tradeNo: textOf(record, 'tradeNo'), settlementNo: textOf(record, 'settlementNo'), amountFen: fenOf(record, 'amountFen'), paidAt: textOf(record, 'paidAt'),
  };
}

export function visitFrom(record: CanonicalRecord): { readonly visit: Omit<InsuranceDetails['visit'], 'diagnoses'>; readonly person?: InsuranceDetails['person'] } {
  const { personName, personIdType, personIdNo } = textFields(record, ['personName', 'personIdType', 'personIdNo']);
  return {
    visit: {
      hospitalVisitNo: textOf(record, 'hospitalVisitNo'), startedAt: textOf(record, 'startedAt'), medicalType: textOf(record, 'medicalType'), complaint: textOf(record, 'complaint'),
      doctor: { no: textOf(record, 'doctorNo'), name: textOf(record, 'doctorName') },
      department: { code: textOf(record, 'departmentCode'), name: textOf(record, 'departmentName'), category: textOf(record, 'departmentCategory') },
    },
    ...(personName === undefined || personIdType === undefined || personIdNo === undefined ? {} : { person: { name: personName, idType: personIdType, idNo: personIdNo } }),
  };
}

export function diagnosisFrom(record: CanonicalRecord): InsuranceDetails['visit']['diagnoses'][number] {
  return { kind: textOf(record, 'kind'), code: textOf(record, 'code'), name: textOf(record, 'name') };
}

export function feeFrom(record: CanonicalRecord): InsuranceDetails['fees'][number] {
  return {
    ...textFields(record, ['prescriptionNo']),
    feeNo: textOf(record, 'feeNo'), nationalCode: textOf(record, 'nationalCode'), hospitalCode: textOf(record, 'hospitalCode'), amountFen: fenOf(record, 'amountFen'),
    quantity: textOf(record, 'quantity'), unitPriceYuan: textOf(record, 'unitPriceYuan'), occurredAt: textOf(record, 'occurredAt'),
  };
}

export function sexOf(record: CanonicalRecord): Patient['sex'] {
  const { sex } = record;
  return sex === 'male' || sex === 'female' ? sex : 'unknown';
}

export function textOf(record: CanonicalRecord, name: string): string {
  const value = record[name];
  if (typeof value !== 'string') throw new GarbledAnswer(`${name} is not text`);
  return value;
}

export function fenOf(record: CanonicalRecord, name: string): Fen {
  const value = record[name];
  if (typeof value !== 'number') throw new GarbledAnswer(`${name} is not an amount`);
  return fen(value);
}

/** The named fields that are there. */
export function textFields<Name extends string>(record: CanonicalRecord, names: readonly Name[]): Partial<Record<Name, string>> {
  const fields: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'string' && value !== '') fields[name] = value;
  }
  return fields;
}

const RESULT_CHECKS = new Map(Object.entries(HIS_RESULT_SCHEMAS).map(([name, schema]: [string, TSchema]) => [name, Compile(schema)]));

/** Holds the finished value against the contract's own schema. @throws GarbledAnswer */
export function checked<Value>(name: keyof typeof HIS_RESULT_SCHEMAS, value: Value): Value {
  if (RESULT_CHECKS.get(name)?.Check({ kind: 'ok', value }) !== true) throw new GarbledAnswer(`${name}: the answer does not fit the contract`);
  return value;
}
