import type { Agreements, CardTerminals, Contributions, HospitalAdapter, PaymentChannel, PaymentMethod, Presettling, Tills } from '@hospay/plugin-sdk';
import type { Refusal } from './activate-plugin.js';

/** Merchant and methods as they were checked: a guest that changes them later changes nothing here. */
type ChannelContribution = {
  readonly kind: 'channel'; readonly channel: PaymentChannel; readonly merchantNo: string; readonly methods: readonly PaymentMethod[]; readonly refundsWholeOnly: boolean;
  readonly presettling: Presettling | undefined; readonly agreements: Agreements | undefined; readonly tills: Tills | undefined; readonly cardTerminals: { readonly desk: CardTerminals; readonly terminalIds: readonly string[]; readonly longestMs: number | undefined } | undefined;
};
export type Contribution = ChannelContribution | { readonly kind: 'hospitalAdapter'; readonly adapter: HospitalAdapter };

/** The contribution that this instance is. */
export function pickContribution(
  { contribution, merchantNo }: { readonly contribution?: string | undefined; readonly merchantNo?: string | undefined },
  { channels = {}, hospitalAdapters = {}, presettling = {}, agreements = {}, tills = {}, cardTerminals = {} }: Pick<Contributions, 'channels' | 'hospitalAdapters' | 'presettling' | 'agreements' | 'tills' | 'cardTerminals'>,
): Contribution | Refusal {
  const names = [...Object.keys(channels), ...Object.keys(hospitalAdapters)];
  const name = contribution ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return { kind: 'attention', reason: `the plugin has several contributions; set contribution to one of ${names.join(', ')}` };
  const [channel, adapter] = [channels[name], hospitalAdapters[name]];
  if (adapter !== undefined) return { kind: 'hospitalAdapter', adapter };
  if (channel === undefined) return { kind: 'attention', reason: `the plugin has no contribution "${name}"; it has ${names.join(', ')}` };
  if (merchantNo !== undefined && channel.merchantNo !== merchantNo) return { kind: 'attention', reason: `the plugin charges for merchant ${channel.merchantNo}, the hospital says ${merchantNo}: correct one of them` };
  const desk = cardTerminals[name];
  return {
    kind: 'channel', channel, merchantNo: channel.merchantNo, methods: [...channel.methods], refundsWholeOnly: channel.refunds === 'wholeOnly', presettling: presettling[name], agreements: agreements[name], tills: tills[name],
    cardTerminals: desk === undefined ? undefined : { desk, terminalIds: [...desk.terminalIds], longestMs: desk.longestMs },
  };
}
