import agreementGateway from '@hospay/quick-pay-agreement-gateway';
import type { Agreements, PaymentChannel } from '@hospay/plugin-sdk';
import { makeTestContext, type AgreementFault, type AgreementOperation, type AgreementSubject, type ChannelFault, type ChannelSubject, type FaultableOperation, type Mortality } from '@hospay/plugin-sdk/testkit';
import { startAgreementGatewaySimulator, type AgreementGatewaySimulator, type GatewayFault, type GatewayOptions, type GatewayPath } from '../simulators/agreement-gateway/start-agreement-gateway-simulator.js';
import { REFUSING_ADDRESS } from './channel-wechat-pay-subject.js';

export type StartedGateway = { readonly simulator: AgreementGatewaySimulator; readonly channel: PaymentChannel; readonly agreements: Agreements; readonly lines: readonly string[]; readonly now: () => Date; start(life?: { readonly baseUrl?: string; readonly mortality?: Mortality }): Promise<{ readonly channel: PaymentChannel; readonly agreements: Agreements }>; skewClock(ms: number): void };

/** The plugin in this process, over the real wire to its simulator. */
export async function startGateway(options: GatewayOptions = {}): Promise<StartedGateway> {
  const simulator = await startAgreementGatewaySimulator(options);
  const lines: string[] = [];
  let wrongMs = 0;
  const now = (): Date => new Date(Date.now() + wrongMs);
  const start: StartedGateway['start'] = async ({ baseUrl = simulator.settings.baseUrl, mortality } = {}) => {
    const context = makeTestContext({ settings: { ...simulator.settings, baseUrl }, now, logged: (line) => { lines.push(line); } });
    const given = await agreementGateway.activate(mortality?.wrap(context) ?? context);
    const [channel, agreements] = [given.channels?.['agreement-gateway'], given.agreements?.['agreement-gateway']];
    if (channel === undefined || agreements === undefined) throw new Error('the plugin contributes no agreement-gateway');
    return { channel, agreements };
  };
  return { simulator, lines, now, start, ...(await start()), skewClock: (ms) => { wrongMs = ms; } };
}

/** A bound card's token, by the gateway's own book: what came before a charge is no part of the channel suite. */
function boundToken({ agreements }: AgreementGatewaySimulator): string {
  const holder = agreements.newCard();
  const bindingNo = `BOUND${holder.cardNo}`;
  agreements.request({ bindingNo, holder, token: undefined });
  const bound = agreements.confirm(bindingNo, agreements.codeFor(bindingNo));
  if (!('token' in bound) || typeof bound.token !== 'string') throw new Error('no token');
  return bound.token;
}

/** Every charge is one the bank wants a code for: an order that waits for its payer. */
export async function makeQuickPayChannelSubject(): Promise<ChannelSubject & { readonly simulator: AgreementGatewaySimulator }> {
  const gateway = await startGateway({ codeAboveFen: 0 });
  const { simulator, channel, now } = gateway;
  return {
    simulator, channel, now,
    secrets: [simulator.settings.merchantPrivateKeyPem],
    logLines: () => gateway.lines,
    control: {
      pay: (tradeNo) => simulator.pay(tradeNo),
      chargeDetails: () => ({ agreementToken: boundToken(simulator) }),
      ordersUnder: (tradeNo) => simulator.orders.orders().filter(({ orderNo }) => orderNo === tradeNo).length,
      faults: [...CHANNEL_FAULTS.keys()],
      failNext: (operation, fault) => {
        const simulated = CHANNEL_FAULTS.get(fault);
        if (simulated !== undefined) simulator.failNext(CHANNEL_PATHS[operation], simulated);
      },
      unreachableChannel: async () => (await gateway.start({ baseUrl: REFUSING_ADDRESS })).channel,
      holdRefunds: () => { simulator.orders.holdRefunds(); },
      settleRefund: (refundNo, as) => { simulator.orders.settleRefund(refundNo, ({ succeeded: 'DONE', closed: 'CLOSED', abnormal: 'BLOCKED' } as const)[as]); },
      notification: (about, variation) => {
        const change = { genuine: {}, forged: {}, otherMerchant: { merchantNo: 'QP-OTHER' }, otherAmount: { amountFen: 4_321 } }[variation];
        const { headers, body } = simulator.makeNotice(about, change, variation === 'forged' ? 'stranger' : 'gateway');
        return { headers, query: '', body: new Uint8Array(Buffer.from(body)), receivedAt: new Date().toISOString() };
      },
      replayWindowMs: 300_000,
      statementDay: () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      spoilStatement: () => { simulator.orders.spoilStatement(); },
      startMortal: async (mortality) => (await gateway.start({ mortality })).channel,
      skewClock: (ms) => { gateway.skewClock(ms); },
    },
    stop: () => simulator.stop(),
  };
}

export async function makeAgreementSubject(): Promise<AgreementSubject & { readonly simulator: AgreementGatewaySimulator }> {
  const gateway = await startGateway();
  const { simulator, channel, agreements, now } = gateway;
  let serial = 0;
  return {
    simulator, agreements, channel, now,
    logLines: () => gateway.lines,
    control: {
      newCardHolder: () => {
        const { name, idNo, cardNo, mobile } = simulator.agreements.newCard();
        return { name, idNo, cardNo, mobile };
      },
      codeFor: (number) => simulator.agreements.codeFor(number),
      expireCode: (number) => { simulator.agreements.expireCode(number); },
      liveAgreementsOf: (cardNo) => simulator.agreements.liveAgreementsOf(cardNo),
      cancelAtBank: (token) => { simulator.agreements.end(token); },
      failNext: (operation, fault) => { simulator.failNext(AGREEMENT_PATHS[operation], AGREEMENT_FAULTS[fault]); },
      unreachable: async () => (await gateway.start({ baseUrl: REFUSING_ADDRESS })).agreements,
      chargeAskingCode: (agreementToken) => ({
        tradeNo: `QP${String((serial += 1)).padStart(10, '0')}`, amountFen: 60_000, description: '门诊缴费', method: 'quickPay', submittedAt: now().toISOString(), expiresAt: new Date(now().getTime() + 300_000).toISOString(), agreementToken,
      }),
    },
    stop: () => simulator.stop(),
  };
}

const CHANNEL_PATHS: Readonly<Record<FaultableOperation, GatewayPath>> = { charge: '/v1/payments', query: '/v1/payments/query', close: '/v1/payments/close', refund: '/v1/refunds', queryRefund: '/v1/refunds/query' };
const CHANNEL_FAULTS: ReadonlyMap<ChannelFault, GatewayFault> = new Map<ChannelFault, GatewayFault>([
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
const AGREEMENT_PATHS: Readonly<Record<AgreementOperation, GatewayPath>> = {
  requestBinding: '/v1/bindings/request', confirmBinding: '/v1/bindings/confirm', queryBinding: '/v1/bindings/query', unbind: '/v1/agreements/unbind', queryAgreement: '/v1/agreements/query', confirmPayment: '/v1/payments/confirm',
};
const AGREEMENT_FAULTS: Readonly<Record<AgreementFault, GatewayFault>> = {
  timeoutBeforeExecution: 'neverExecuteNeverAnswer', timeoutAfterExecution: 'executeThenNeverAnswer', garbage: 'garbage', forgedAnswer: 'otherKey', staleAnswer: 'oldAnswer', unlistedRefusal: 'strangeRefusal',
};
