import type { NotificationAnswer, RawNotification } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { ok, refused } from '../../domain/errors.js';
import type { Clock } from '../../domain/time.js';
import { bytes } from './http-kit/answer.js';
import { openGroup, type MountedGroup } from './http-kit/route-group.js';
import { routesFor } from './http-kit/route.js';

export type ChannelNotificationPorts = {
  /** Undefined: no such channel. */
  receiveNotification(channelId: string, raw: RawNotification): Promise<NotificationAnswer | undefined>;
  readonly clock: Clock;
  /** How long it lay in the DMZ relay, in milliseconds; absent: channels reach this listener themselves. */
  readonly waitedMs?: (headers: Readonly<Record<string, string>>) => number;
};

const { rawRoute } = routesFor<'anyone', undefined>();

/**
 * Where channels send their news. Everything is passed on as it arrived: only the channel's plugin can tell whether it is authentic, and what its
 * sender wants to hear. What cannot be stored now is answered so that the channel sends it again.
 */
export function channelNotifications(ports: ChannelNotificationPorts): MountedGroup {
  return openGroup({
    basePath: '/notify',
    tag: { name: 'notify', zh: '渠道通知', en: 'Notifications of channels' },
    routes: [
      rawRoute({
        method: 'POST',
        path: '/{channelId}',
        operationId: 'receiveNotification',
        summary: { zh: '接收渠道通知', en: 'Receive a channel\'s notification' },
        access: 'anyone',
        request: { params: Type.Object({ channelId: Type.String() }) },
        answers: {},
        errors: ['NO_SUCH_ITEM'],
        async handle({ headers, query, body }, params) {
          const receivedAt = new Date(ports.clock.now().getTime() - (ports.waitedMs?.(headers) ?? 0)).toISOString();
          const answer = await ports.receiveNotification(params['channelId'] ?? '', { headers, query, body, receivedAt });
          if (answer === undefined) return refused('NO_SUCH_ITEM', 'no such channel');
          const { 'content-type': contentType = 'text/plain; charset=utf-8', ...others } = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]));
          return ok(bytes(contentType, answer.body, others, answer.status));
        },
      }),
    ],
  });
}
