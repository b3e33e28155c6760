import type { Channels, Hospitals } from '../domain/guests.js';
import type { PluginHost } from './plugin-host.js';

/** The active channels as use cases ask for them. `ids` in the order of the configuration: the first that serves a method is chosen. */
export function activeChannels(host: Pick<PluginHost, 'channel'>, ids: readonly string[]): Channels {
  return {
    find: (id) => host.channel(id),
    choose({ method, wanted }) {
      const candidates = wanted === undefined ? ids : ids.filter((id) => id === wanted);
      return candidates.map((id) => host.channel(id)).find((channel) => channel?.methods.includes(method) === true);
    },
  };
}

/** The active HIS adapter of each hospital. */
export function activeHospitals(host: Pick<PluginHost, 'hospitalAdapter'>, instanceOf: ReadonlyMap<string, string>): Hospitals {
  return {
    find(hospitalId) {
      const id = instanceOf.get(hospitalId);
      return id === undefined ? undefined : host.hospitalAdapter(id);
    },
  };
}
