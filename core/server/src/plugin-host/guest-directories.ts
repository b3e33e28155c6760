import type { AgreementGateways, BankLinks, Channels, Hospitals, InsuranceCentres, WindowDesks } from '../domain/guests.js';
import type { Owner } from '../domain/order.js';
import { routePayment, type Campus, type RoutingRule } from '../domain/route-payment.js';
import type { PluginHost } from './plugin-host.js';

export type Routing = {
  readonly rules: readonly RoutingRule[];
  readonly campuses: readonly Campus[];
  /** Whether new payments may go to the instance now. */
  readonly isHealthy: (id: string) => boolean;
  /** Where the console put a terminal, from memory. */
  readonly placeOf?: (owner: Owner) => { readonly campus: string | undefined; readonly group: string | undefined } | undefined;
};
/** Every configured channel serves everything it offers. */
export const NO_ROUTING: Routing = { rules: [], campuses: [], isHealthy: () => true };

/**
 * The configured channels as use cases find them. A new payment goes to the first routed instance that is active, offers the method and answers;
 * when none answers it is refused: a payment must not wait for a channel that does not.
 */
export function channelDirectory(host: Pick<PluginHost, 'channel'>, configured: () => readonly { readonly id: string; readonly enabled: boolean }[], { rules, campuses, isHealthy, placeOf }: Routing = NO_ROUTING): Channels {
  return {
    find: (id) => host.channel(id),
    choose(criteria) {
      const enabled = configured().filter((channel) => channel.enabled).map(({ id }) => id);
      const place = placeOf?.(criteria.owner);
      for (const id of routePayment(rules, campuses, enabled, { ...criteria, campus: place?.campus, terminalGroup: place?.group })) {
        if (!enabled.includes(id) || !isHealthy(id)) continue;
        const channel = host.channel(id);
        if (channel?.methods.includes(criteria.method) === true) return channel;
      }
      return undefined;
    },
  };
}

/** What the channels prepare with the medical insurance. */
export function centreDirectory(host: Pick<PluginHost, 'presettling'>): InsuranceCentres {
  return { find: (channelId) => host.presettling(channelId) };
}

/** The channels that bind cards by agreement: a new card is bound at the first that is enabled, active and answers. */
export function gatewayDirectory(host: Pick<PluginHost, 'agreements'>, configured: () => readonly { readonly id: string; readonly enabled: boolean }[], isHealthy: (id: string) => boolean): AgreementGateways {
  return {
    find: (channelId) => host.agreements(channelId),
    choose() {
      for (const { id, enabled } of configured()) {
        const gateway = enabled && isHealthy(id) ? host.agreements(id) : undefined;
        if (gateway !== undefined) return { channel: id, gateway };
      }
      return undefined;
    },
  };
}

/** Tills and card terminals of the configured channels that are active. */
export function windowDeskDirectory(host: Pick<PluginHost, 'tills' | 'cardTerminals'>, configured: () => readonly { readonly id: string }[]): WindowDesks {
  return {
    tills: () => configured().flatMap(({ id }) => {
      const tills = host.tills(id);
      return tills === undefined ? [] : [{ channel: id, tills }];
    }),
    cardTerminals: () => configured().flatMap(({ id }) => {
      const cardTerminals = host.cardTerminals(id);
      return cardTerminals === undefined ? [] : [{ channel: id, cardTerminals }];
    }),
  };
}

/** The configured bank links. An account belongs to the link the configuration names it under, whether that link is active or not. */
export function bankLinkDirectory(host: Pick<PluginHost, 'bankLink'>, configured: () => readonly { readonly id: string; readonly accountNos: readonly string[] }[]): BankLinks {
  return {
    ofAccount(accountNo) {
      const owner = configured().find(({ accountNos }) => accountNos.includes(accountNo));
      return owner === undefined ? undefined : host.bankLink(owner.id);
    },
    list: () => configured().flatMap(({ id }) => host.bankLink(id) ?? []),
  };
}

/** One hospital, one adapter instance: a request for another hospital finds nobody. */
export function hospitalDirectory(host: Pick<PluginHost, 'hospitalAdapter'>, hospitalId: string, instanceId: string): Hospitals {
  return { find: (wanted) => (wanted === hospitalId ? host.hospitalAdapter(instanceId) : undefined) };
}
