/** ICBC's client program in the hospital (NetSafe Client): a port that signs with the hospital's token, and one that carries messages in GBK to the bank, which knows its customer, each number once, and its pace. */
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import iconv from 'iconv-lite';
import { failsAfterExecuting, failsBeforeExecuting } from '../machinery/answer-faults.js';
import { listenHttp } from '../machinery/http-listener.js';
import { ICBC_CODES, IcbcDesk, RESULT_IN_DOUBT } from './icbc-actions.js';
import { readIcbcRequest, sealed, SIGNATURE_MARK, writeIcbcAnswer, type IcbcAnswer, type IcbcRequest } from './icbc-message.js';
import type { BankFault, SimulatedBank } from './simulated-bank.js';

export type IcbcClientOptions = {
  readonly bank: SimulatedBank;
  readonly groupCis?: string;
  readonly certificateId?: string;
  /** Sooner after another it is refused and counted. */
  readonly instructionSpacingMs?: number;
  readonly querySpacingMs?: number;
  /** How it says that nothing moved. Default `list`. */
  readonly emptyBy?: 'list' | 'code';
};
export type IcbcClient = {
  readonly serviceUrl: string;
  readonly signUrl: string;
  readonly groupCis: string;
  readonly certificateId: string;
  /** Every message the bank read, the newest last. */
  readonly received: readonly IcbcRequest[];
  /** Messages the token signed. */
  readonly timesSigned: () => number;
  /** From now on: the token is out; what is signed reaches the bank changed; the client program answers by itself. */
  pullToken(): void;
  spoilSignatures(): void;
  answerErrorCode(): void;
  stop(): Promise<void>;
};

const PLACES = { PAYENT: 'pay', QPAYENT: 'query', QHISD: 'statement' } as const;

export async function startIcbcClient({ bank, groupCis = '020090001234567', certificateId = 'hospay.y.0200', instructionSpacingMs = 0, querySpacingMs = 0, emptyBy = 'list' }: IcbcClientOptions): Promise<IcbcClient> {
  const received: IcbcRequest[] = [];
  const desk = new IcbcDesk(bank, emptyBy);
  const key = randomBytes(32);
  const numbers = new Set<string>();
  const signs = { times: 0, isTokenOut: false, isSpoiled: false, answersErrorCode: false };
  const signatureOf = (text: string): string => createHmac('sha256', key).update(iconv.encode(text, 'gbk')).digest('base64');

  const signing = await listenHttp({
    name: 'ICBC signing port',
    answer: (request, body, response) => {
      const isAsked = request.method === 'POST' && request.headers['content-type'] === 'INFOSEC_SIGN/1.0' && !signs.isTokenOut;
      const text = iconv.decode(body, 'gbk');
      signs.times += isAsked ? 1 : 0;
      const result = isAsked ? `<html><head><title>签名结果</title><result>0</result></head><body><sign>${text}${SIGNATURE_MARK}${signs.isSpoiled ? 'spoiled' : signatureOf(text)}</sign></body></html>` : '<html><head><title>签名失败</title><result>-10011</result></head><body>证书不可用</body></html>';
      response.writeHead(200, { 'Content-Type': 'INFOSEC_SIGN_RESULT/1.0' }).end(iconv.encode(result, 'gbk'));
    },
  });

  const act = (request: IcbcRequest): IcbcAnswer => {
    switch (request.head['TransCode']) {
      case 'PAYENT':
        return request.signature === signatureOf(request.text) ? desk.pay(request) : { code: ICBC_CODES.unsigned, message: '验签失败' };
      case 'QPAYENT':
        return desk.tellState(request);
      case 'QHISD':
      case 'QPD':
        return desk.listMovements(request);
      case 'QACCBAL':
        return desk.tellBalance(request);
      default:
        return { code: ICBC_CODES.malformed, message: '交易代码有误' };
    }
  };

  const answer = (url: URL, request: IcbcRequest, response: ServerResponse): void => {
    const { head, fields } = request;
    const { TransCode = '', fSeqno = '' } = head;
    const isInstruction = TransCode === 'PAYENT';
    received.push(request);
    const say = (told: IcbcAnswer): void => { send(response, writeIcbcAnswer(head, told)); };
    if (!isOneRequest(url, request, { groupCis, certificateId })) return say({ code: ICBC_CODES.malformed, message: '报文要素不一致' });
    if (bank.isTooSoon(isInstruction ? 'instruction' : 'query', isInstruction ? instructionSpacingMs : querySpacingMs)) return say({ code: ICBC_CODES.tooSoon, message: '请求过于频繁' });
    if (!isInstruction && numbers.has(fSeqno)) return say({ code: ICBC_CODES.numberUsed, message: '指令包序列号重复' });
    numbers.add(fSeqno);
    const place = Object.entries(PLACES).find(([name]) => name === TransCode)?.[1];
    const fault: BankFault | undefined = place === undefined ? undefined : bank.faults.take(place, { clientNo: isInstruction ? fSeqno : fields['QryfSeqno'] });
    if (failsBeforeExecuting(fault, response)) return;
    const done = act(request);
    if (failsAfterExecuting(fault, response)) return;
    if (signs.answersErrorCode) return send(response, 'errorCode=-10020');
    switch (fault?.kind) {
      case 'executeThenAnswerGarbage':
        return send(response, sealed('<html><body>系统维护</body></html>'));
      case 'executeThenUnlistedError':
        return say({ code: ICBC_CODES.unlisted, message: '系统异常' });
      case 'executeThenSayUnknown':
        return say(place === 'statement' ? { code: ICBC_CODES.unlisted } : { ...done, rows: (done.rows ?? []).map((row) => ({ ...row, Result: RESULT_IN_DOUBT })) });
      default:
        return say(done);
    }
  };

  const service = await listenHttp({
    name: 'ICBC service port',
    answer: (request: IncomingMessage, body, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const read = request.method === 'POST' && url.pathname === '/servlet/ICBCCMPAPIReqServlet' ? readIcbcRequest(body) : undefined;
      if (read === undefined) send(response, 'errorCode=-10001');
      else answer(url, read, response);
    },
  });
  return {
    serviceUrl: `http://127.0.0.1:${String(service.port)}`, signUrl: `http://127.0.0.1:${String(signing.port)}`, groupCis, certificateId, received, timesSigned: () => signs.times,
    pullToken: () => { signs.isTokenOut = true; }, spoilSignatures: () => { signs.isSpoiled = true; }, answerErrorCode: () => { signs.answersErrorCode = true; },
    async stop() {
      await service.stop();
      await signing.stop();
    },
  };
}

/** Address, form and message name the same customer, transaction and number. */
function isOneRequest({ searchParams }: URL, { form, head }: IcbcRequest, { groupCis, certificateId }: Pick<IcbcClient, 'groupCis' | 'certificateId'>): boolean {
  const { fSeqno = '', TransCode, CIS, ID, BankCode, TranDate = '', TranTime = '' } = head;
  return (
    /^[0-9A-Za-z]{1,35}$/.test(fSeqno) && [searchParams.get('PackageID'), form['PackageID']].every((number) => number === fSeqno) && [searchParams.get('userID'), form['ID'], ID].every((id) => id === certificateId) &&
    [form['GroupCIS'], CIS].every((cis) => cis === groupCis) && form['BankCode'] === '102' && BankCode === '102' && form['TransCode'] === TransCode && /^0\.0\.[01]\.[01]$/.test(form['Version'] ?? '') && form['Cert'] === '' &&
    /^\d{17}$/.test(searchParams.get('SendTime') ?? '') && /^\d{8}$/.test(TranDate) && /^\d{9}$/.test(TranTime)
  );
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=GBK' }).end(text);
}
