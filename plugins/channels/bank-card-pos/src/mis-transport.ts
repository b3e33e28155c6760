import { randomInt } from 'node:crypto';

import { instantNear, type PluginContext } from '@hospay/plugin-sdk';

import type { LastSlip, MoneyRequest, TerminalAnswer, Transport, Upkeep } from './card-terminal.js';
import { ANSWER_BYTES, decodeAnswer, encodeRequest, MIS_TYPES, type MisAnswer, type MisRequest } from './mis-record.js';
import { meaningOf } from './response-codes.js';
import type { BankCardSettings, MisTerminal } from './settings.js';
import type { Slip } from './slip.js';
import { isLineInUse, sendRecord } from './tcp-line.js';

type Answered = { readonly kind: 'answered'; readonly answer: MisAnswer; readonly rest: Uint8Array } | Extract<TerminalAnswer, { kind: 'notSent' | 'unknown' }>;

/** The window's terminal behind its agent: one TCP connection and one fixed-width record each way for every exchange. */
export function createMisTransport(context: PluginContext<BankCardSettings>): Transport {
  const { settings } = context;
  const terminals = new Map<string, MisTerminal>();
  for (const terminal of settings.terminals) {
    if (!('host' in terminal)) throw new Error(`terminal ${terminal.terminalId} has no host: profile mis needs host, port, posId and operatorNo`);
    terminals.set(terminal.terminalId, terminal);
  }

  const exchange = async (terminalId: string, given: Pick<MisRequest, 'type' | 'amountFen'> & Partial<MisRequest>, operatorId: string | undefined, signal: AbortSignal): Promise<Answered> => {
    const terminal = terminals.get(terminalId);
    if (terminal === undefined) return { kind: 'notSent', reason: `no card terminal is configured for ${terminalId}` };
    const echo = String(randomInt(1000)).padStart(3, '0');
    const operatorNo = operatorId !== undefined && /^[0-9A-Za-z]{1,8}$/.test(operatorId) ? operatorId : terminal.operatorNo;
    let record: Buffer;
    try {
      record = encodeRequest({ ...given, posId: terminal.posId, operatorNo, echo }, settings.requestBytes ?? 60);
    } catch (error) {
      return { kind: 'notSent', reason: error instanceof Error ? error.message : 'the request does not fit its record' };
    }
    const line = await sendRecord({ host: terminal.host, port: terminal.port, record, framing: settings.framing ?? 'fixedLength', answerBytes: ANSWER_BYTES, signal });
    if (line.kind !== 'answered') return line;
    const answer = decodeAnswer(line.record);
    if (answer === undefined) return { kind: 'unknown', reason: 'the answer is shorter than its record' };
    // The echo is what ties an answer to this request: a late answer to an earlier one carries other digits.
    if (answer.echo !== echo) return { kind: 'unknown', reason: 'the answer brings other check digits than were sent' };
    return { kind: 'answered', answer, rest: line.record.subarray(ANSWER_BYTES) };
  };

  return {
    terminalIds: [...terminals.keys()],
    methods: ['bankCard'],

    async perform(request, signal) {
      const answered = await exchange(request.terminalId, { type: MIS_TYPES[request.kind], amountFen: request.amountFen, ...originalFields(request) }, request.operatorId, signal);
      if (answered.kind !== 'answered') return answered;
      const { answer } = answered;
      const meaning = meaningOf(answer.code, 'money', settings.furtherRefusalCodes);
      if (meaning === 'refused') return { kind: 'refused', code: answer.code, message: answer.message };
      if (meaning !== 'done') return { kind: 'unknown', reason: `the terminal answered ${answer.code}` };
      const slip = slipOf(answer, context.now());
      return slip === undefined ? { kind: 'unknown', reason: 'the slip in the answer is not whole' } : { kind: 'done', slip };
    },

    async operate({ terminalId, operation, operatorId }, signal): Promise<Upkeep> {
      const answered = await exchange(terminalId, { type: MIS_TYPES[operation], amountFen: 0 }, operatorId, signal);
      if (answered.kind !== 'answered') return answered;
      const { answer, rest } = answered;
      if (answer.code === '00') return { kind: 'done', message: answer.message, ...(rest.length === 0 ? {} : { file: rest }) };
      return meaningOf(answer.code, 'money', settings.furtherRefusalCodes) === 'refused' ? { kind: 'refused', code: answer.code, message: answer.message } : { kind: 'unknown', reason: `the terminal answered ${answer.code}` };
    },

    question: {
      kind: 'lastSlip',
      isInUse(terminalId) {
        const terminal = terminals.get(terminalId);
        return terminal !== undefined && isLineInUse(terminal);
      },
      async lastSlip(terminalId, signal): Promise<LastSlip> {
        const answered = await exchange(terminalId, { type: MIS_TYPES.reprint, amountFen: 0 }, undefined, signal);
        if (answered.kind !== 'answered') return answered;
        const meaning = meaningOf(answered.answer.code, 'lastSlip');
        if (meaning === 'empty') return { kind: 'none' };
        const slip = meaning === 'done' ? slipOf(answered.answer, context.now()) : undefined;
        return slip === undefined ? { kind: 'unknown', reason: `the terminal answered ${answered.answer.code} when asked for its last slip` } : { kind: 'done', slip };
      },
    },
  };
}

/** An undo names the voucher, a refund the day and the reference number. */
function originalFields({ kind, original }: MoneyRequest): Partial<MisRequest> {
  if (original === undefined || kind === 'pay') return {};
  const { date, referenceNo, voucherNo } = original;
  return kind === 'undo' ? { originalDate: date, originalReferenceNo: referenceNo, originalVoucherNo: voucherNo } : { originalDate: date, originalReferenceNo: referenceNo };
}

function slipOf(answer: MisAnswer, now: Date): Slip | undefined {
  const { merchantNo, terminalNo, batchNo, voucherNo, referenceNo, amount, bankId } = answer;
  const at = instantNear(`${answer.date}${answer.time}`, now);
  const isWhole = /^\d{12}$/.test(amount) && /^\d{6}$/.test(voucherNo) && /^\d{6}$/.test(batchNo) && referenceNo !== '' && merchantNo !== '' && terminalNo !== '';
  if (!isWhole || at === undefined || Number(amount) === 0) return undefined;
  return { merchantNo, terminalNo, batchNo, voucherNo, referenceNo, amountFen: Number(amount), at, bankId };
}
