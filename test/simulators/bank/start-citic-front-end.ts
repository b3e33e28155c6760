/** The front-end machine of CITIC Bank (中信银行银企直联前置机): XML in GBK over HTTP, inside the hospital. It knows no signature; it knows the user and the bank's pace. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { failsAfterExecuting, failsBeforeExecuting } from '../machinery/answer-faults.js';
import { listenHttp } from '../machinery/http-listener.js';
import { CITIC_CODES, citicRefusal, listMovements, payOut, tellBalances, tellState, type CiticAnswer } from './citic-actions.js';
import { downloadReceipts, listReceipts } from './citic-receipts.js';
import { readCiticRequest, writeCiticAnswer, type CiticRequest } from './citic-message.js';
import type { BankFault, SimulatedBank } from './simulated-bank.js';

export type CiticFrontEndOptions = {
  readonly bank: SimulatedBank;
  readonly userName: string;
  readonly port?: number;
  /** Sooner after another it is refused and counted. */
  readonly instructionSpacingMs?: number;
  readonly querySpacingMs?: number;
  /** How it says that it never had a number. Default `code`. */
  readonly absentBy?: 'code' | 'emptyList';
  /** Serves what is none of the machine's, and says whether it did. */
  readonly beside?: (request: IncomingMessage, response: ServerResponse) => boolean;
};
export type CiticFrontEnd = { readonly url: string; readonly port: number; /** Every request as it was read, the newest last. */ readonly received: readonly CiticRequest[]; stop(): Promise<void> };

const PLACES = { DLOUTTRN: 'pay', DLCIDSTT: 'query', DLTRNALL: 'statement', DLEDDRSQ: 'receipt' } as const;

export async function startCiticFrontEnd({ bank, userName, port, instructionSpacingMs = 0, querySpacingMs = 0, absentBy = 'code', beside = () => false }: CiticFrontEndOptions): Promise<CiticFrontEnd> {
  const received: CiticRequest[] = [];

  const act = (request: CiticRequest): CiticAnswer => {
    switch (request.fields['action']) {
      case 'DLOUTTRN':
        return payOut(bank, request);
      case 'DLCIDSTT':
        return tellState(bank, request, { absentBy });
      case 'DLTRNALL':
        return listMovements(bank, request, bank.faults.takeAll('statementContent'));
      case 'DLBALQRY':
        return tellBalances(bank, request);
      case 'DLEDDRSQ':
        return listReceipts(bank, request);
      case 'DLEDCDTD':
        return downloadReceipts(bank, request);
      default:
        return citicRefusal(CITIC_CODES.malformed, '交易代码有误');
    }
  };

  const answer = (request: CiticRequest, response: ServerResponse): void => {
    const { action = '', clientID } = request.fields;
    received.push(request);
    if (request.fields['userName'] !== userName) return send(response, citicRefusal(CITIC_CODES.malformed, '用户不存在'));
    if (bank.isTooSoon(action === 'DLOUTTRN' ? 'instruction' : 'query', action === 'DLOUTTRN' ? instructionSpacingMs : querySpacingMs)) return send(response, citicRefusal(CITIC_CODES.tooSoon, '请求过于频繁'));
    const place = Object.entries(PLACES).find(([name]) => name === action)?.[1];
    const fault: BankFault | undefined = place === undefined ? undefined : bank.faults.take(place, { clientNo: clientID });
    if (failsBeforeExecuting(fault, response)) return;
    const done = act(request);
    if (failsAfterExecuting(fault, response)) return;
    switch (fault?.kind) {
      case 'executeThenAnswerGarbage':
        response.writeHead(200, { 'Content-Type': 'text/xml' }).end('<html><body>前置机正在维护</body></html>');
        return;
      case 'executeThenUnlistedError':
        return send(response, citicRefusal(CITIC_CODES.unlisted, '系统异常'));
      case 'executeThenSayUnknown':
        return send(response, citicRefusal('EEEEEEE', '交易未知，请查询'));
      default:
        return send(response, done);
    }
  };

  const listener = await listenHttp({
    name: 'CITIC front-end', port,
    answer: (request, body, response) => {
      if (beside(request, response)) return;
      const read = request.method === 'POST' ? readCiticRequest(body) : undefined;
      if (read === undefined) send(response, citicRefusal(CITIC_CODES.malformed, '报文有误'));
      else answer(read, response);
    },
  });
  return { url: `http://127.0.0.1:${String(listener.port)}/`, port: listener.port, received, stop: listener.stop };
}

function send(response: ServerResponse, { fields, rows }: CiticAnswer): void {
  response.writeHead(200, { 'Content-Type': 'text/xml; charset=GBK' }).end(writeCiticAnswer(fields, rows));
}
