import { randomBytes } from 'node:crypto';

import { beijingStamp, instantOfBeijing, type PluginContext } from '@hospay/plugin-sdk';

import type { Asked, MoneyRequest, TerminalAnswer, Transport, Upkeep } from './card-terminal.js';
import { CLOUD_PATHS, cloudMeaning, readCloudAnswer, type CloudAnswer } from './cloud-messages.js';
import { openBodySignature } from './open-body-signature.js';
import type { BankCardSettings, CloudTerminal } from './settings.js';
import type { Slip } from './slip.js';

type Answered = { readonly kind: 'answered'; readonly answer: CloudAnswer } | Extract<TerminalAnswer, { kind: 'notSent' | 'unknown' }>;

/** The acquirer's cloud in front of the terminals: signed JSON over HTTPS. It can be asked by our own number. */
export function createCloudTransport(context: PluginContext<BankCardSettings>): Transport {
  const { settings } = context;
  const { baseUrl, appId, merchantNo } = settings;
  if (baseUrl === undefined || appId === undefined || settings.appKey === undefined) throw new Error('profile cloud needs baseUrl, appId and appKey');
  const terminals = new Map<string, CloudTerminal>();
  for (const terminal of settings.terminals) {
    if (!('terminalCode' in terminal)) throw new Error(`terminal ${terminal.terminalId} has no terminalCode: profile cloud needs it`);
    terminals.set(terminal.terminalId, terminal);
  }

  const ask = async (path: string, terminalId: string, fields: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Answered> => {
    const terminal = terminals.get(terminalId);
    if (terminal === undefined) return { kind: 'notSent', reason: `no card terminal is configured for ${terminalId}` };
    const body = JSON.stringify({ merchantCode: merchantNo, terminalCode: terminal.terminalCode, ...fields });
    const timestamp = beijingStamp(context.now());
    const authorization = await openBodySignature({ keys: context.keys, key: 'appKey', appId, timestamp, nonce: randomBytes(16).toString('hex'), body });
    const answer = await context.http.request({
      method: 'POST', url: `${baseUrl.replace(/\/$/, '')}${path}`, headers: { authorization, 'content-type': 'application/json; charset=utf-8' }, body, signal,
    });
    if (answer.kind === 'notSent') return answer;
    if (answer.kind === 'noAnswer') return { kind: 'unknown', reason: answer.reason };
    const read = answer.status === 200 ? readCloudAnswer(answer.body) : undefined;
    if (read === undefined) return { kind: 'unknown', reason: `the cloud answered HTTP ${String(answer.status)} and nothing that can be read` };
    return { kind: 'answered', answer: read };
  };

  const fieldsOf = (request: MoneyRequest): Readonly<Record<string, unknown>> => {
    const { kind, number, tradeNo, amountFen, operatorId, payCode, original } = request;
    const shared = { transactionAmount: amountFen, transactionCurrencyCode: '156', ...(operatorId === undefined ? {} : { operatorId }) };
    if (kind === 'pay') {
      const mode = payCode === undefined ? { payMode: settings.payMode ?? 'CARD' } : { payMode: 'CODE_SCAN', payCode };
      return { ...shared, merchantOrderId: tradeNo, merchantRemark: tradeNo, ...mode };
    }
    return { ...shared, merchantOrderId: number, originalMerchantOrderId: tradeNo, retrievalRefNum: original?.referenceNo, transactionDateWithYear: original?.date };
  };

  return {
    terminalIds: [...terminals.keys()],
    methods: ['bankCard', 'paymentCode'],

    async perform(request, signal) {
      const answered = await ask(CLOUD_PATHS[request.kind], request.terminalId, fieldsOf(request), signal);
      return answered.kind === 'answered' ? endOf(answered.answer, request.number, settings.furtherRefusalCodes) : answered;
    },

    async operate({ terminalId, operation }, signal): Promise<Upkeep> {
      const answered = await ask(CLOUD_PATHS[operation], terminalId, {}, signal);
      if (answered.kind !== 'answered') return answered;
      const { errCode, errInfo = '' } = answered.answer;
      const meaning = cloudMeaning(errCode, settings.furtherRefusalCodes);
      if (meaning === 'done') return { kind: 'done', message: errInfo };
      return meaning === 'refused' ? { kind: 'refused', code: errCode, message: errInfo } : { kind: 'unknown', reason: `the cloud answered ${errCode}` };
    },

    question: {
      kind: 'byNumber',
      async askAbout(intent, signal): Promise<Asked> {
        const answered = await ask(CLOUD_PATHS.query, intent.terminalId, { merchantOrderId: intent.number }, signal);
        if (answered.kind !== 'answered') return { kind: 'unknown', reason: answered.reason };
        const { answer } = answered;
        const meaning = cloudMeaning(answer.errCode);
        if (meaning === 'notFound') return { kind: 'notFound' };
        if (meaning !== 'done') return { kind: 'unknown', reason: `the cloud answered ${answer.errCode} to a query` };
        switch (answer.queryResCode) {
          case '0': {
            const end = endOf(answer, intent.number);
            return end.kind === 'notSent' ? { kind: 'unknown', reason: end.reason } : end;
          }
          case '1':
            return { kind: 'pending' };
          case '2':
            return { kind: 'refused', code: '2', message: (answer.errInfo ?? '').slice(0, 400) };
          default:
            return { kind: 'unknown', reason: 'the cloud answered a state nobody listed' };
        }
      },
    },
  };
}

function endOf(answer: CloudAnswer, number: string, furtherRefusalCodes?: readonly string[]): TerminalAnswer {
  const meaning = cloudMeaning(answer.errCode, furtherRefusalCodes);
  if (meaning === 'refused') return { kind: 'refused', code: answer.errCode, message: (answer.errInfo ?? '').slice(0, 400) };
  if (meaning !== 'done') return { kind: 'unknown', reason: `the cloud answered ${answer.errCode}` };
  if (answer.merchantOrderId !== number) return { kind: 'unknown', reason: 'the answer is not about this number' };
  const slip = slipOf(answer);
  return slip === undefined ? { kind: 'unknown', reason: 'the answer holds no whole slip' } : { kind: 'done', slip };
}

function slipOf(answer: CloudAnswer): Slip | undefined {
  const { merchantCode, terminalCode, amount, retrievalRefNum, systemTraceNum, batchNum, transactionDateWithYear = '', transactionTime = '', cardIssuer = '' } = answer;
  const at = instantOfBeijing(`${transactionDateWithYear}${transactionTime}`);
  if (merchantCode === undefined || terminalCode === undefined || amount === undefined || amount <= 0 || at === undefined) return undefined;
  if (retrievalRefNum === undefined || systemTraceNum === undefined || batchNum === undefined) return undefined;
  return { merchantNo: merchantCode, terminalNo: terminalCode, batchNo: batchNum, voucherNo: systemTraceNum, referenceNo: retrievalRefNum, amountFen: amount, at, bankId: cardIssuer };
}
