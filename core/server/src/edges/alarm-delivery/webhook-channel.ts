import { createHmac } from 'node:crypto';
import { headline, textOf } from '../../alarms/message-view.js';
import type { AlarmChannel, AlarmMessage, Sent } from '../../alarms/ports.js';
import { signRequest, writeAuthorization } from '../../applications/ports.js';
import type { Severity } from '../../domain/alarm-rules.js';
import type { Clock, RandomSource, Timers } from '../../domain/time.js';
import { makeOpaqueId } from '../../domain/trade-number.js';
import { connectionProblem } from './connection-problem.js';

/** Whose shape the message has: our own, or the text message of a group robot. */
export const WEBHOOK_TEMPLATES = ['hospay', 'wecom', 'dingtalk'] as const;
export type WebhookTemplate = (typeof WEBHOOK_TEMPLATES)[number];

export type WebhookSettings = { readonly id: string; readonly leastSeverity: Severity; readonly url: string; readonly secret: string | undefined; readonly template: WebhookTemplate };
type Ports = { readonly clock: Clock; readonly timers: Timers; readonly random: RandomSource };

const TIMEOUT_MS = 10_000;
/** A robot answers with a line of JSON. */
const LONGEST_ANSWER = 64 * 1024;
/** WeCom: content of a text message is at most 2048 bytes (企业微信 群机器人, 文本类型). DingTalk takes 20000 bytes of a whole message. */
const LONGEST_TEXT: Readonly<Record<Exclude<WebhookTemplate, 'hospay'>, number>> = { wecom: 2_048, dingtalk: 18_000 };

/** Alarms as a POST of JSON. Our own shape is signed as notifications to applications are; a robot's has the robot's own way. A redirect is not followed: it could carry the message elsewhere. */
export function webhookChannel(settings: WebhookSettings, ports: Ports): AlarmChannel {
  const { id, leastSeverity, url: address } = settings;
  const url = new URL(address);
  return { id, leastSeverity, kind: 'webhook', target: url.host, send: (message) => (settings.template === 'hospay' ? sendOwn(settings, url, message, ports) : sendToRobot(settings, settings.template, url, message, ports)) };
}

function sendOwn({ id, secret }: WebhookSettings, url: URL, message: AlarmMessage, ports: Ports): Promise<Sent> {
  const body = Buffer.from(JSON.stringify({ eventId: message.id, kind: 'alarms', hospital: message.hospital, at: message.at, test: message.isTest, title: headline(message), alarms: message.lines, more: message.more }), 'utf8');
  const timestamp = String(Math.floor(ports.clock.now().getTime() / 1000));
  const nonce = makeOpaqueId(ports.random);
  const signature = signRequest(secret ?? '', { method: 'POST', target: `${url.pathname}${url.search}`, timestamp, nonce, body });
  return post(url, body, { authorization: writeAuthorization({ app: id, timestamp, nonce, signature }), 'x-hospay-event-id': message.id }, () => ({ ok: true }), ports.timers);
}

/** WeCom: the key is in the address. DingTalk (加签): timestamp and sign = base64 of HMAC-SHA256(secret, timestamp \n secret) are added to it. Both answer `errcode` 0. */
function sendToRobot({ secret }: WebhookSettings, template: Exclude<WebhookTemplate, 'hospay'>, url: URL, message: AlarmMessage, ports: Ports): Promise<Sent> {
  const signed = new URL(url);
  if (template === 'dingtalk' && secret !== undefined) {
    const timestamp = String(ports.clock.now().getTime());
    signed.searchParams.set('timestamp', timestamp);
    signed.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
  }
  const body = Buffer.from(JSON.stringify({ msgtype: 'text', text: { content: cutToBytes(textOf(message), LONGEST_TEXT[template]) } }), 'utf8');
  return post(signed, body, {}, robotAnswer, ports.timers);
}

async function post(url: URL, body: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>, judge: (answer: string) => Sent, timers: Timers): Promise<Sent> {
  const abort = new AbortController();
  const deadline = timers.after(TIMEOUT_MS, () => { abort.abort(); });
  try {
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, redirect: 'manual', signal: abort.signal });
    if (!response.ok) {
      await response.body?.cancel();
      return { ok: false, problem: `HTTP ${String(response.status)}` };
    }
    return judge(await readShort(response));
  } catch (error) {
    return { ok: false, problem: connectionProblem(error) };
  } finally {
    deadline.cancel();
  }
}

async function readShort(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) break;
  }
  return text;
}

function robotAnswer(text: string): Sent {
  const code = /"errcode"\s*:\s*(-?\d{1,9})\b/.exec(text)?.[1];
  return code === '0' ? { ok: true } : { ok: false, problem: code === undefined ? 'the robot gave no errcode' : `the robot answered errcode ${code}` };
}

/** Whole characters only. */
function cutToBytes(text: string, longest: number): string {
  if (Buffer.byteLength(text, 'utf8') <= longest) return text;
  let cut = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character, 'utf8');
    if (bytes > longest - 3) return `${cut}…`;
    cut += character;
  }
  return cut;
}
