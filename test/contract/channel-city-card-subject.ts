import { createHash } from 'node:crypto';
import cityCard from '@hospay/example-city-card';
import type { PaymentChannel } from '@hospay/plugin-sdk';
import { makeTestContext, type Mortality, type ChannelFault, type ChannelSubject, type FaultableOperation } from '@hospay/plugin-sdk/testkit';
import { startCityCardSimulator, type CityCardFault, type CityCardPath, type CityCardSimulator } from '../simulators/city-card/start-city-card-simulator.js';
import { REFUSING_ADDRESS } from './channel-wechat-pay-subject.js';

export type CityCardSettings = { readonly merchantNo: string; readonly baseUrl: string; readonly key: string };
/** Gives the channel to be tested, however it is run. */
export type StartChannel = (settings: CityCardSettings, life: { readonly now: () => Date; readonly logged: (line: string) => void; readonly mortality?: Mortality }) => Promise<{ readonly channel: PaymentChannel; stop(): Promise<void> }>;

/** As the product's own plugins run: in this process. */
export const inThisProcess: StartChannel = async (settings, { now, logged, mortality }) => {
  const context = makeTestContext({ settings, now, logged });
  const contributions = await cityCard.activate(mortality?.wrap(context) ?? context);
  const channel = contributions.channels?.['city-card'];
  if (channel === undefined) throw new Error('the plugin contributes no channel city-card');
  return { channel, stop: () => Promise.resolve() };
};

export async function makeCityCardSubject(start: StartChannel = inThisProcess): Promise<ChannelSubject & { readonly simulator: CityCardSimulator }> {
  const simulator = await startCityCardSimulator();
  const { merchantNo, baseUrl, key } = simulator;
  const lines: string[] = [];
  let wrongMs = 0;
  const now = (): Date => new Date(Date.now() + wrongMs);
  const life = { now, logged: (line: string) => { lines.push(line); } };
  const opened = [await start({ merchantNo, baseUrl, key }, life)];
  const [{ channel } = { channel: undefined }] = opened;
  if (channel === undefined) throw new Error('no channel');
  return {
    simulator,
    channel,
    now,
    secrets: [key],
    logLines: () => lines,
    control: {
      pay: (tradeNo) => simulator.pay(tradeNo),
      ordersUnder: (tradeNo) => simulator.orders().filter(({ orderNo }) => orderNo === tradeNo).length,
      faults: [...FAULTS.keys()],
      failNext: (operation, fault) => {
        const simulated = FAULTS.get(fault);
        if (simulated !== undefined) simulator.failNext(PATHS[operation], simulated);
      },
      unreachableChannel: async () => {
        const unreachable = await start({ merchantNo, baseUrl: REFUSING_ADDRESS, key }, life);
        opened.push(unreachable);
        return unreachable.channel;
      },
      holdRefunds: () => { simulator.holdRefunds(); },
      settleRefund: (refundNo, as) => { simulator.settleRefund(refundNo, ({ succeeded: 'DONE', closed: 'CLOSED', abnormal: 'BLOCKED' } as const)[as]); },
      notification: ({ tradeNo, refundNo }, variation) => {
        const change = { genuine: {}, forged: { by: createHash('md5').update('forged').digest('hex') }, otherMerchant: { merchantNo: 'CC-OTHER' }, otherAmount: { amountFen: 4_321 } }[variation];
        const { headers, body } = simulator.makeNotice(refundNo === undefined ? { orderNo: tradeNo } : { refundNo }, change);
        return { headers, query: '', body: new Uint8Array(Buffer.from(body)), receivedAt: new Date().toISOString() };
      },
      replayWindowMs: 300_000,
      statementDay: () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      spoilStatement: () => { simulator.spoilStatement(); },
      startMortal: async (mortality) => {
        const mortal = await start({ merchantNo, baseUrl, key }, { ...life, mortality });
        opened.push(mortal);
        return mortal.channel;
      },
      skewClock: (ms) => { wrongMs = ms; },
    },
    stop: async () => {
      for (const one of opened) await one.stop();
      await simulator.stop();
    },
  };
}

const PATHS: Readonly<Record<FaultableOperation, CityCardPath>> = { charge: '/orders', query: '/orders/query', close: '/orders/close', refund: '/refunds', queryRefund: '/refunds/query' };
const FAULTS: ReadonlyMap<ChannelFault, CityCardFault> = new Map<ChannelFault, CityCardFault>([
  ['timeoutBeforeExecution', 'neverExecuteNeverAnswer'],
  ['timeoutAfterExecution', 'executeThenNeverAnswer'],
  ['brokenConnectionAfterExecution', 'executeThenDropConnection'],
  ['serverErrorAfterExecution', 'executeThenFail'],
  ['throttled', 'tooManyRequests'],
  ['garbage', 'garbage'],
  ['forgedAnswer', 'otherKey'],
  ['unsignedAnswer', 'unsigned'],
  ['staleAnswer', 'oldAnswer'],
  ['unlistedRefusal', 'strangeRefusal'],
]);
