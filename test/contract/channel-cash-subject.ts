import cash, { type CashSettings } from '@hospay/channel-cash';
import type { Contributions, PaymentChannel, PluginStore, Tills } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeTestContext, type ChannelSubject, type Mortality } from '@hospay/plugin-sdk/testkit';

const DAY_MS = 86_400_000;

export type ActivatedCash = { readonly channel: PaymentChannel; readonly tills: Tills; readonly contributions: Contributions };

/** The production plugin, activated as the host does it. The same store again plays a restart. */
export async function activateCash(options: { readonly now: () => Date; readonly store?: PluginStore; readonly settings?: CashSettings; readonly mortality?: Mortality }): Promise<ActivatedCash> {
  const { now, store, mortality } = options;
  const context = makeTestContext({ settings: options.settings ?? {}, now, ...(store === undefined ? {} : { store }) });
  const contributions = await cash.activate(mortality?.wrap(context) ?? context);
  const [channel, tills] = [contributions.channels?.['cash'], contributions.tills?.['cash']];
  if (channel === undefined || tills === undefined) throw new Error('the plugin contributes no channel or no tills cash');
  return { channel, tills, contributions };
}

/** A window's till and a clock that the suite moves over midnight. */
export async function makeCashSubject(): Promise<ChannelSubject> {
  let time = new Date('2026-03-02T02:00:00Z');
  const now = (): Date => time;
  const store = createMemoryStore();
  const { channel, contributions } = await activateCash({ now, store });
  return {
    channel,
    now,
    secrets: [],
    logLines: () => [],
    control: {
      payer: 'inTheCharge',
      askNobody: ['charge', 'query', 'refund', 'queryRefund'],
      chargeDetails: (amountFen) => ({ method: 'cash', tenderedFen: amountFen + 66, operatorId: 'cashier-1' }),
      pay: () => undefined,
      ordersUnder: async (tradeNo) => {
        const today = now().toISOString().slice(0, 10);
        const kept = time;
        time = new Date(kept.getTime() + DAY_MS);
        const statement = await channel.downloadStatement?.({ day: today }, { deadline: time.toISOString(), signal: new AbortController().signal, attempt: 1 });
        time = kept;
        return statement?.kind === 'ok' ? statement.lines.filter((line) => line.kind === 'payment' && line.tradeNo === tradeNo).length : 0;
      },
      statementDay: () => {
        const day = time.toISOString().slice(0, 10);
        time = new Date(time.getTime() + DAY_MS);
        return day;
      },
      startMortal: async (mortality) => (await activateCash({ now, store, mortality })).channel,
    },
    stop: () => contributions.stop?.(),
  };
}
