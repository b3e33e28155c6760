import {
  ChargeOutcomeSchema, CloseOutcomeSchema, FetchedStatementSchema, FundStatementOutcomeSchema, InsuranceRefundNoticeOutcomeSchema, NotificationSchema, PayerIdOutcomeSchema, PaymentNewsSchema, ProbeOutcomeSchema, RefundNewsSchema, RefundOutcomeSchema, StatementOutcomeSchema, StatementReadingSchema,
  type NotificationAnswer, type PaymentChannel, type PaymentMethod,
} from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ChannelGuest, FundStatementGuest, PayerIdentification, ProbingGuest, SettlingInsuranceGuest, StatementFilesGuest, StatementReaderOf } from '../domain/guests.js';
import { own } from '../domain/own-words.js';
import { createAttempts } from './attempts.js';
import { asUnknown } from './as-unknown.js';
import type { Boundary } from './boundary.js';

const ANSWERS = {
  charge: Compile(ChargeOutcomeSchema),
  query: Compile(PaymentNewsSchema),
  close: Compile(CloseOutcomeSchema),
  refund: Compile(RefundOutcomeSchema),
  queryRefund: Compile(RefundNewsSchema),
  readNotification: Compile(NotificationSchema),
  downloadStatement: Compile(StatementOutcomeSchema),
  fetchStatement: Compile(FetchedStatementSchema),
  readStatement: Compile(StatementReadingSchema),
  downloadFundStatement: Compile(FundStatementOutcomeSchema),
  // The patient's browser is sent there: a plugin can name a page, not a script or a file.
  payerIdAddress: Compile(Type.Object({ url: Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 2048 }) }, { additionalProperties: false })),
  findPayerId: Compile(PayerIdOutcomeSchema),
  probe: Compile(ProbeOutcomeSchema),
  tellInsuranceRefund: Compile(InsuranceRefundNoticeOutcomeSchema),
  answerNotification: Compile(
    Type.Object({ status: Type.Integer({ minimum: 200, maximum: 599 }), headers: Type.Record(Type.String(), Type.String()), body: Type.String({ maxLength: 65_536 }) }, { additionalProperties: false }),
  ),
};

/** What a facade calls into now. A reload swaps it; a facade somebody holds goes on with the new one. */
export type ActiveChannel = { readonly channel: PaymentChannel; readonly merchantNo: string; readonly methods: readonly PaymentMethod[]; readonly refundsWholeOnly: boolean; readonly boundary: Boundary; readonly statementReader?: StatementReaderOf | undefined; readonly fundReader?: StatementReaderOf | undefined };

/** The channel as use cases see it: every call through the boundary, every absent facet an honest outcome. Never throws. */
export function channelGuest(id: string, current: () => ActiveChannel): ChannelGuest {
  const attempts = createAttempts();
  const fundStatement: FundStatementGuest = {
    get reader() {
      const { channel, fundReader } = current();
      return channel.fetchFundStatement === undefined ? undefined : fundReader;
    },
    async fetchFundStatement(request) {
      const { channel, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'fetchFundStatement', request, answer: ANSWERS.fetchStatement, gives: ownedBytes, hand: (copy, context) => channel.fetchFundStatement?.(copy, { ...context, attempt: 1 }) }));
    },
    async downloadFundStatement(request) {
      const { channel, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'downloadFundStatement', request, answer: ANSWERS.downloadFundStatement, hand: (copy, context) => channel.downloadFundStatement?.(copy, { ...context, attempt: 1 }) }));
    },
  };
  const statementFiles: StatementFilesGuest = {
    get reader() {
      return current().statementReader;
    },
    get canFetch() {
      const { channel, statementReader } = current();
      return statementReader !== undefined && channel.fetchStatement !== undefined;
    },
    async fetchStatement(request) {
      const { channel, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'fetchStatement', request, answer: ANSWERS.fetchStatement, gives: ownedBytes, hand: (copy, context) => channel.fetchStatement?.(copy, { ...context, attempt: 1 }) }));
    },
    async readStatement(file) {
      const { channel, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'readStatement', request: file, answer: ANSWERS.readStatement, hand: (copy, context) => channel.readStatement?.(copy, { ...context, attempt: 1 }) }));
    },
  };
  const identification: PayerIdentification = {
    async payerIdAddress(request) {
      const { channel, boundary } = current();
      const answer = await boundary.call({ operation: 'payerIdAddress', request, answer: ANSWERS.payerIdAddress, hand: (copy) => channel.payerIdAddress?.(copy) });
      return 'url' in answer ? { kind: 'address', url: answer.url } : { kind: 'unknown', reason: answer.reason };
    },
    async findPayerId(request) {
      const { channel, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'findPayerId', request, answer: ANSWERS.findPayerId, hand: (copy, context) => channel.findPayerId?.(copy, { ...context, attempt: 1 }) }));
    },
  };
  const probing: ProbingGuest = {
    async probe() {
      const { channel, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'probe', request: {}, answer: ANSWERS.probe, hand: (copy, context) => channel.probe?.(copy, { ...context, attempt: 1 }) }));
    },
  };
  const settlingInsurance: SettlingInsuranceGuest = {
    tellInsuranceRefund(notice) {
      const { channel, boundary } = current();
      const attempt = attempts.next(`insurance-refund/${notice.refundNo}`);
      return boundary.call({ operation: 'tellInsuranceRefund', request: notice, answer: ANSWERS.tellInsuranceRefund, hand: (copy, context) => channel.tellInsuranceRefund?.(copy, { ...context, attempt }) });
    },
  };
  return {
    id,
    get merchantNo() {
      return current().merchantNo;
    },
    get methods() {
      return current().methods;
    },
    get refundsWholeOnly() {
      return current().refundsWholeOnly;
    },
    get canClose() {
      return current().channel.close !== undefined;
    },
    get canRefund() {
      return current().channel.refund !== undefined;
    },
    get givesStatements() {
      return current().channel.downloadStatement !== undefined;
    },
    charge(request) {
      const { channel, boundary } = current();
      const attempt = attempts.next(request.tradeNo);
      return boundary.call({ operation: 'charge', request, answer: ANSWERS.charge, hand: (copy, context) => channel.charge(copy, { ...context, attempt }) });
    },
    async query(request) {
      const { channel, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'query', request, answer: ANSWERS.query, hand: (copy, context) => channel.query(copy, { ...context, attempt: 1 }) }));
    },
    async close(request) {
      const { channel, boundary } = current();
      if (channel.close === undefined) return { kind: 'unknown', reason: own('channelCannotClose') };
      return asUnknown(await boundary.call({ operation: 'close', request, answer: ANSWERS.close, hand: (copy, context) => channel.close?.(copy, { ...context, attempt: 1 }) }));
    },
    async refund(request) {
      const { channel, boundary } = current();
      if (channel.refund === undefined) return { kind: 'notSent', reason: own('channelCannotRefund') };
      const attempt = attempts.next(request.refundNo);
      return boundary.call({ operation: 'refund', request, answer: ANSWERS.refund, hand: (copy, context) => channel.refund?.(copy, { ...context, attempt }) });
    },
    async queryRefund(request) {
      const { channel, boundary } = current();
      if (channel.queryRefund === undefined) return { kind: 'unknown', reason: own('channelCannotRefund') };
      return asUnknown(await boundary.call({ operation: 'queryRefund', request, answer: ANSWERS.queryRefund, hand: (copy, context) => channel.queryRefund?.(copy, { ...context, attempt: 1 }) }));
    },
    async readNotification(raw) {
      const { channel, boundary } = current();
      if (channel.readNotification === undefined) return { kind: 'refused', reason: 'this channel sends no notifications' };
      const read = await boundary.call({ operation: 'readNotification', request: raw, answer: ANSWERS.readNotification, hand: (copy) => channel.readNotification?.(copy) });
      return read.kind === 'unknown' || read.kind === 'notSent' ? { kind: 'refused', reason: read.reason } : read;
    },
    get probing() {
      return current().channel.probe === undefined ? undefined : probing;
    },
    get statementFiles() {
      const { channel, statementReader } = current();
      return statementReader === undefined && channel.readStatement === undefined ? undefined : statementFiles;
    },
    get fundStatement() {
      return current().channel.downloadFundStatement === undefined ? undefined : fundStatement;
    },
    get settlingInsurance() {
      return current().channel.tellInsuranceRefund === undefined ? undefined : settlingInsurance;
    },
    get identification() {
      return current().channel.findPayerId === undefined ? undefined : identification;
    },
    answerNotification(result) {
      return guardedAnswer(current().channel, result);
    },
    async downloadStatement(request) {
      const { channel, boundary } = current();
      if (channel.downloadStatement === undefined) return { kind: 'unknown', reason: own('channelNoStatements') };
      return asUnknown(await boundary.call({ operation: 'downloadStatement', request, answer: ANSWERS.downloadStatement, hand: (copy, context) => channel.downloadStatement?.(copy, { ...context, attempt: 1 }) }));
    },
  };
}

/** The bytes of a file change hands instead of being copied, when nothing else lies in their memory. */
function ownedBytes(answer: unknown): readonly ArrayBuffer[] {
  const raw = typeof answer === 'object' && answer !== null && 'raw' in answer ? answer.raw : undefined;
  return raw instanceof Uint8Array && raw.buffer instanceof ArrayBuffer && raw.byteLength === raw.buffer.byteLength ? [raw.buffer] : [];
}

/** A plugin that cannot phrase its answer gets a plain one; anything but success makes the channel send again, which is harmless. */
function guardedAnswer(channel: PaymentChannel, result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
  try {
    const answer: unknown = structuredClone(channel.answerNotification?.(result));
    if (ANSWERS.answerNotification.Check(answer)) return answer;
  } catch {
    // Answered below.
  }
  return { status: result === 'refused' ? 400 : 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '' };
}
