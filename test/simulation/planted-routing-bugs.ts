/** Mistakes between channels: what one does to another, and in which order they are undone. */
import { inForwardOrder } from './forward-order.js';
import type { PlantedBug } from './planted-bug.js';

export const ROUTING_BUGS: readonly PlantedBug[] = [
  {
    name: 'dead-plugin-fails-its-neighbours',
    numbers: [],
    what: 'while the plugin of one channel is down, calls to the others fail as if theirs were',
    wrapChannel: (channel, world) => ({
      ...channel,
      query: (payment) => {
        const isNeighbourDown = world.channels.stands.some((stand) => stand.id !== channel.id && stand.channel === undefined);
        return isNeighbourDown ? Promise.resolve({ kind: 'unknown', reason: 'the plugin threw in query' }) : channel.query(payment);
      },
    }),
  },
  {
    name: 'open-payment-moved-to-another-channel',
    numbers: [],
    what: 'a payment whose channel is out is asked about and refunded at another',
    wrapDirectory: (channels, world) => ({
      ...channels,
      find: (id) => channels.find(id) ?? world.channels.wallets.map(({ profile }) => channels.find(profile.id)).find((other) => other !== undefined),
    }),
  },
  {
    name: 'compensation-in-forward-order',
    numbers: [27],
    what: 'an unfinished mixed order is sent back the first payment first: the insurance before the cash',
    wrapStore: (store) => inForwardOrder(store, () => true),
  },
];
