/** China Merchants Bank's CDC (招商银行云直联): sealed and signed JSON in a form over HTTP. It refuses what is not signed by the hospital, a number of a request that came before, and who asks too often. */
import type { ServerResponse } from 'node:http';
import { failsAfterExecuting, failsBeforeExecuting } from '../machinery/answer-faults.js';
import { listenHttp } from '../machinery/http-listener.js';
import { CMB_CODES, cmbRefusal, inSuspense, listMovements, payOut, tellBalance, tellReceipt, tellState, type CmbAnswer } from './cmb-actions.js';
import { asFields, CmbEnvelope, makeCmbKeys, type CmbKeys, type CmbRequest, type Fields } from './cmb-envelope.js';
import type { BankFault, SimulatedBank } from './simulated-bank.js';

export type CmbBankOptions = {
  readonly bank: SimulatedBank;
  readonly userId?: string;
  readonly businessMode?: string;
  /** Sooner after another it is refused and counted: instructions, and the same question about the same account. */
  readonly instructionSpacingMs?: number;
  readonly querySpacingMs?: number;
};
export type CmbBank = {
  readonly baseUrl: string; readonly userId: string; readonly businessMode: string; readonly keys: CmbKeys; /** Every request as it was read, the newest last. */ readonly received: readonly CmbRequest[];
  /** From now on answers are signed by somebody else. */
  forgeAnswers(): void;
  stop(): Promise<void>;
};

type Faultable = 'pay' | 'query' | 'statement' | 'receipt';
const PLACES: Readonly<Record<string, Faultable>> = { BB1PAYOP: 'pay', BB1PAYQR: 'query', trsQryByBreakPoint: 'statement', DCSIGREC: 'receipt' };
const PATH = '/cdcserver/api/v2';

export async function startCmbBank({ bank, userId = 'N000000001', businessMode = '00001', instructionSpacingMs = 0, querySpacingMs = 0 }: CmbBankOptions): Promise<CmbBank> {
  const keys = makeCmbKeys();
  const envelope = new CmbEnvelope({ userId, keys, now: bank.now });
  const received: CmbRequest[] = [];
  const seen = new Set<string>();
  let signer = keys.bank;

  const act = ({ funcode, body }: CmbRequest): CmbAnswer => {
    switch (funcode) {
      case 'BB1PAYOP':
        return payOut(bank, body, businessMode);
      case 'BB1PAYQR':
        return tellState(bank, body);
      case 'trsQryByBreakPoint':
        return listMovements(bank, body, bank.faults.takeAll('statementContent'));
      case 'NTQACINF':
        return tellBalance(bank, body);
      case 'DCSIGREC':
        return tellReceipt(bank, body);
      default:
        return cmbRefusal(CMB_CODES.malformed, '交易代码有误');
    }
  };

  const answer = (form: URLSearchParams, response: ServerResponse): void => {
    const request = envelope.open(form);
    if (typeof request === 'string') return send(response, request);
    const { funcode, requestId, body } = request;
    if (seen.has(requestId)) return send(response, 'ErrMsg: reqid was used');
    seen.add(requestId);
    received.push(request);
    const place = PLACES[funcode];
    if (bank.isTooSoon(place === 'pay' ? 'instruction' : `${funcode} ${fieldIn(body, 'cardNbr', 'accnbr', 'dbtAcc')}`, place === 'pay' ? instructionSpacingMs : querySpacingMs)) return send(response, 'CDCServer: too many requests');
    const fault: BankFault | undefined = place === undefined ? undefined : bank.faults.take(place, { clientNo: fieldIn(body, 'yurRef') });
    if (failsBeforeExecuting(fault, response)) return;
    const done = act(request);
    if (failsAfterExecuting(fault, response)) return;
    send(response, envelope.seal(request, spoken(done, fault, place), signer));
  };

  const listener = await listenHttp({
    name: 'CMB CDC',
    answer: (request, body, response) => {
      if (request.method === 'POST' && request.url === PATH) answer(new URLSearchParams(body.toString('utf8')), response);
      else response.writeHead(404).end();
    },
  });
  return { baseUrl: `http://127.0.0.1:${String(listener.port)}${PATH}`, userId, businessMode, keys, received, forgeAnswers: () => { signer = keys.hospital; }, stop: listener.stop };
}

function spoken(done: CmbAnswer, fault: BankFault | undefined, place: Faultable | undefined): CmbAnswer {
  switch (fault?.kind) {
    case 'executeThenAnswerGarbage':
      return { ...done, body: {} };
    case 'executeThenUnlistedError':
      return cmbRefusal(CMB_CODES.unlisted, '系统异常');
    case 'executeThenSayUnknown':
      return place === 'statement' || place === 'receipt' ? cmbRefusal(CMB_CODES.unlisted, '请稍后查询') : inSuspense(done);
    default:
      return done;
  }
}

/** The first of these fields that stands in a row of the request. */
function fieldIn(body: Fields, ...names: readonly string[]): string {
  const rows = Object.values(body).flatMap((value) => (Array.isArray(value) ? value.map(asFields) : []));
  return rows.flatMap((row) => names.map((name) => row?.[name])).find((value) => typeof value === 'string') ?? '';
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(text);
}
