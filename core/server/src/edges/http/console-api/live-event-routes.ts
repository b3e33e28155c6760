/** 实时推送: what has changed, as a stream. Topics and numbers only; the page then asks the ordinary routes. */
import { Type } from 'typebox';
import { ok } from '../../../domain/errors.js';
import { stream } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const EVENT_STREAM = 'text/event-stream';
const LastEventIdSchema = Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 64, description: '断线前最后收到的事件号，由浏览器自带 / The last event that was heard, told by the browser itself' })) });

export function liveEventRoutes({ eventStreams }: Pick<ConsoleApiPorts, 'eventStreams'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/events', operationId: 'listenToEvents', access: 'listening', request: { headers: LastEventIdSchema },
      summary: { zh: '实时推送（SSE）：哪些内容有变化', en: 'Live events (SSE): what has changed' },
      description: {
        zh: '事件：ready 已接通；changed {topic, ids} 某类内容有变化（ids 为空表示未知或较多）；reset 断线期间的事件已无法补发，请全部重新读取；ended 会话已结束。每 15 秒一行注释作心跳。不延长会话；每会话最多 3 条。',
        en: 'Events: ready; changed {topic, ids}, where no ids mean many or unknown ones; reset when what was missed is not known any more: read everything again; ended with the session. A comment every 15 seconds. It keeps nobody signed in; at most 3 for a session.',
      },
      answers: { 200: { zh: '事件流', en: 'The stream', contentType: EVENT_STREAM } }, errors: ['TOO_MANY_REQUESTS'],
      handle({ headers }, caller) {
        const opened = eventStreams.open({ caller, lastEventId: headers['last-event-id'] });
        // A proxy that packs or gathers an answer would hold events back: the first two forbid it. The connection is of no use to anybody after such an answer, and would keep a stopping console waiting.
        return opened.kind === 'ok' ? ok(stream(`${EVENT_STREAM}; charset=utf-8`, opened.value, { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no', connection: 'close' })) : opened;
      },
    }),
  ];
}
