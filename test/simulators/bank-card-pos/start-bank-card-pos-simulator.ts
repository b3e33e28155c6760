import { randomBytes } from 'node:crypto';

import { listenHttp } from '../machinery/http-listener.js';
import { CloudPos } from './cloud-pos.js';
import { dailyFile, type DailyFileOptions } from './daily-file.js';
import { MisLineServer } from './mis-line-server.js';
import { SimulatorStore } from './simulator-store.js';
import { TerminalDesk } from './terminal-desk.js';
import { TerminalFaults } from './terminal-faults.js';
import { TerminalMachine } from './terminal-machine.js';

export type BankCardPosSimulatorOptions = {
  readonly host?: string;
  /** 0 or absent: a free port for pages and the cloud. Terminals take `firstTerminalPort` and those after it, or free ones. */
  readonly port?: number;
  readonly firstTerminalPort?: number;
  readonly terminals?: number;
  readonly framing?: 'fixedLength' | 'twoByteLength';
  /** Vouchers and transactions live here and survive a restart. Absent: in memory. */
  readonly dataFolder?: string;
  readonly now?: () => Date;
  /** Fixed for a demo; absent: made at the start. */
  readonly appKey?: string;
};

export type BankCardPosSimulator = {
  readonly merchantNo: string;
  readonly baseUrl: string;
  readonly cloud: { readonly appId: string; readonly appKey: string };
  readonly faults: TerminalFaults;
  readonly terminals: readonly { readonly machine: TerminalMachine; readonly line: MisLineServer; readonly host: string; readonly port: number; readonly posId: string }[];
  readonly dailyFile: (day: string, options?: DailyFileOptions) => Buffer;
  readonly stop: () => Promise<void>;
};

/** Starts card terminals behind the record protocol (TCP) and the cloud profile (HTTP), with a page for the card-holder; resolves when all listen. */
export async function startBankCardPosSimulator(options: BankCardPosSimulatorOptions = {}): Promise<BankCardPosSimulator> {
  const { host = '127.0.0.1', framing = 'fixedLength', now = () => new Date() } = options;
  const merchantNo = '898310148160001';
  const cloud = { appId: '10037e6f6823b20801682b6a5e5a0006', appKey: options.appKey ?? randomBytes(16).toString('hex') };
  const store = new SimulatorStore(options.dataFolder);
  const faults = new TerminalFaults();
  const machines = Array.from({ length: options.terminals ?? 1 }, (_, index) => new TerminalMachine({ terminalNo: String(10_000_001 + index), merchantNo, store, now }));
  const terminals: BankCardPosSimulator['terminals'][number][] = [];
  for (const [index, machine] of machines.entries()) {
    const line = new MisLineServer({ machine, faults, framing, now });
    const port = await line.listen(host, options.firstTerminalPort === undefined ? 0 : options.firstTerminalPort + index);
    terminals.push({ machine, line, host, port, posId: `POS${String(index + 1).padStart(2, '0')}` });
  }
  const [cloudPos, desk] = [new CloudPos({ machines, faults, now, merchantNo, ...cloud }), new TerminalDesk(machines)];
  const listener = await listenHttp({
    name: 'bank-card-pos',
    port: options.port,
    host,
    answer: (request, body, response) => (cloudPos.handles(request.url ?? '') ? cloudPos.handle(request, body, response) : desk.handle(request, response)),
  });
  return {
    merchantNo,
    baseUrl: `http://${host}:${String(listener.port)}`,
    cloud,
    faults,
    terminals,
    dailyFile: (day, fileOptions) => dailyFile(machines, day, fileOptions),
    stop: async () => {
      for (const { line } of terminals) await line.stop();
      await listener.stop();
      store.close();
    },
  };
}
