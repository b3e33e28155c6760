import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  const server = httpServer({ cloudPos: new CloudPos({ machines, faults, now, merchantNo, ...cloud }), desk: new TerminalDesk(machines) });
  const port = await listen(server, host, options.port ?? 0);
  return {
    merchantNo,
    baseUrl: `http://${host}:${String(port)}`,
    cloud,
    faults,
    terminals,
    dailyFile: (day, fileOptions) => dailyFile(machines, day, fileOptions),
    stop: async () => {
      for (const { line } of terminals) await line.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
      store.close();
    },
  };
}

function httpServer({ cloudPos, desk }: { readonly cloudPos: CloudPos; readonly desk: TerminalDesk }): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    request.on('end', () => {
      if (cloudPos.handles(request.url ?? '')) void cloudPos.handle(request, Buffer.concat(chunks), response);
      else desk.handle(request, response);
    });
  });
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => { resolve((server.address() as AddressInfo).port); });
  });
}
