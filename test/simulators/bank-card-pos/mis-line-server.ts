import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import iconv from 'iconv-lite';

import { readRequestRecord, REQUEST_BYTES, writeAnswerRecord } from './mis-records.js';
import type { MachineAnswer } from './simulated-records.js';
import type { TerminalFault, TerminalFaults } from './terminal-faults.js';
import type { TerminalMachine } from './terminal-machine.js';

export type MisLineOptions = {
  readonly machine: TerminalMachine;
  readonly faults: TerminalFaults;
  readonly framing: 'fixedLength' | 'twoByteLength';
  readonly now: () => Date;
};

/** The agent beside the cashier PC: one terminal behind one TCP port, one record each way. */
export class MisLineServer {
  readonly #options: MisLineOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #held: (() => void)[] = [];

  constructor(options: MisLineOptions) {
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => { this.#sockets.delete(socket); });
      // The terminal has no power: the agent can only hang up.
      if (!options.machine.hasPower) socket.destroy();
      else this.#readRecord(socket);
    });
  }

  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => { resolve((this.#server.address() as AddressInfo).port); });
    });
  }

  releaseAnswers(): void {
    const held = this.#held;
    this.#held = [];
    for (const release of held) release();
  }

  /** How many connections are open: a client that gave up has closed its own. */
  get connections(): number {
    return this.#sockets.size;
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => { this.#server.close(() => { resolve(); }); });
  }

  #readRecord(socket: Socket): void {
    let received = Buffer.alloc(0);
    const isFramed = this.#options.framing === 'twoByteLength';
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const from = isFramed ? 2 : 0;
      const length = isFramed ? (received.length >= 2 ? received.readUInt16BE(0) : Number.POSITIVE_INFINITY) : REQUEST_BYTES;
      if (received.length < from + length) return;
      socket.removeAllListeners('data');
      void this.#answer(socket, received.subarray(from, from + length));
    });
  }

  async #answer(socket: Socket, record: Buffer): Promise<void> {
    const { machine, faults, now } = this.#options;
    const read = readRequestRecord(record);
    const tell = (answer: MachineAnswer, echo: string): Buffer => Buffer.concat([writeAnswerRecord(answer, { echo, merchantNo: machine.merchantNo, terminalNo: machine.terminalNo, at: now().toISOString() }), iconv.encode(answer.detail ?? '', 'gbk')]);
    if (read === undefined) {
      this.#send(socket, tell({ code: '30', message: '报文格式错误' }, '000'));
      return;
    }
    const { request, echo } = read;
    const fault = faults.take(request.operation, machine);
    const early = earlyAnswer(fault);
    if (fault === 'dropBeforeExecuting') {
      socket.destroy();
      return;
    }
    if (early !== undefined) {
      const bytes = tell(early, echo);
      this.#send(socket, fault === 'shortAnswer' ? bytes.subarray(0, 90) : bytes);
      if (fault === 'shortAnswer') socket.end();
      return;
    }
    const answer = await machine.handle(request, fault?.startsWith('executeThen') === true ? 'approve' : undefined);
    if (answer === undefined || fault === 'executeThenDrop') socket.destroy();
    else if (fault === 'neverAnswer') return;
    else if (fault === 'holdAnswer') this.#held.push(() => { this.#send(socket, tell(answer, echo)); });
    else if (fault === 'executeThenGarbage') this.#send(socket, Buffer.alloc(148, '?'));
    else if (fault === 'executeThenOtherEcho') this.#send(socket, tell(answer, String((Number(echo) + 1) % 1000).padStart(3, '0')));
    else if (fault === 'executeThenSystemError') this.#send(socket, tell({ code: '96', message: '系统异常' }, echo));
    else if (fault === 'executeThenUnlistedCode') this.#send(socket, tell({ code: 'Q7', message: '未知错误' }, echo));
    else if (fault === 'otherAmount' && answer.transaction !== undefined) this.#send(socket, tell({ ...answer, transaction: { ...answer.transaction, amountFen: answer.transaction.amountFen + 1 } }, echo));
    else this.#send(socket, tell(answer, echo));
  }

  #send(socket: Socket, record: Buffer): void {
    if (socket.destroyed) return;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(record.length);
    socket.write(this.#options.framing === 'twoByteLength' ? Buffer.concat([length, record]) : record);
  }
}

function earlyAnswer(fault: TerminalFault | undefined): MachineAnswer | undefined {
  if (fault === 'unlistedCode') return { code: 'ZZ', message: '未知错误' };
  if (fault === 'throttle') return { code: 'B1', message: '终端正在交易' };
  return fault === 'shortAnswer' ? { code: '00', message: '交易成功' } : undefined;
}
