import type { PaymentMethod } from '@hospay/plugin-sdk';
import type { Channels, Hospitals } from '../domain/guests.js';
import type { PluginHost } from './plugin-host.js';

/** The configured channels in order of preference, as use cases find them. */
export function channelDirectory(host: Pick<PluginHost, 'channel'>, configured: readonly { readonly id: string; readonly enabled: boolean }[]): Channels {
  return {
    find: (id) => host.channel(id),
    choose({ method, wanted }: { readonly method: PaymentMethod; readonly wanted?: string | undefined }) {
      for (const { id, enabled } of configured) {
        if (!enabled || (wanted !== undefined && wanted !== id)) continue;
        const channel = host.channel(id);
        if (channel?.methods.includes(method) === true) return channel;
      }
      return undefined;
    },
  };
}

/** One hospital, one adapter instance: a request for another hospital finds nobody. */
export function hospitalDirectory(host: Pick<PluginHost, 'hospitalAdapter'>, hospitalId: string, instanceId: string): Hospitals {
  return { find: (wanted) => (wanted === hospitalId ? host.hospitalAdapter(instanceId) : undefined) };
}
