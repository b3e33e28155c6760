import { createHash } from 'node:crypto';
import { headline, textOf } from '../../alarms/message-view.js';
import type { AlarmChannel, AlarmMessage } from '../../alarms/ports.js';
import type { Severity } from '../../domain/alarm-rules.js';
import type { Log } from '../../domain/log.js';
import type { Timers } from '../../domain/time.js';
import { connectionProblem } from './connection-problem.js';
import { handOverMail, SmtpRefusal, type SmtpSettings } from './smtp-session.js';

export type EmailSettings = SmtpSettings & { readonly id: string; readonly leastSeverity: Severity; readonly from: string; readonly to: readonly string[] };

/** Alarms as mail, one message for all recipients. A repetition has the same Message-ID, by which mail programs know it again. */
export function emailChannel(settings: EmailSettings, { timers, log }: { readonly timers: Timers; readonly log: Log }): AlarmChannel {
  const { id, leastSeverity, host, port, from, to } = settings;
  return {
    id, leastSeverity, kind: 'email', target: `${host}:${String(port)}`,
    async send(message) {
      try {
        const { refused } = await handOverMail(settings, { from, to, text: writeMail(settings, message) }, { timers });
        if (refused > 0) log.warn('the mail server refused some recipients of alarms', { channel: id, refused });
        return { ok: true };
      } catch (error) {
        return { ok: false, problem: error instanceof SmtpRefusal ? error.problem : connectionProblem(error) };
      }
    },
  };
}

/** RFC 5322 and 2045: base64, so that no line is too long and none begins with a point. */
export function writeMail({ from, to, host }: Pick<EmailSettings, 'from' | 'to' | 'host'>, message: AlarmMessage): string {
  const body = Buffer.from(textOf(message).replaceAll('\n', '\r\n'), 'utf8').toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const number = createHash('sha256').update(`${host} ${message.id}`).digest('hex').slice(0, 32);
  return [
    `From: Hospay <${from}>`,
    `To: ${to.map((one) => `<${one}>`).join(',\r\n ')}`,
    `Subject: ${encodeWords(headline(message))}`,
    `Date: ${new Date(message.at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${number}@${from.split('@')[1] ?? 'hospay'}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    // RFC 3834: no vacation message comes back.
    'Auto-Submitted: auto-generated',
    '',
    body,
  ].join('\r\n');
}

/** RFC 2047: encoded words of at most 75 characters, none of which cuts a character in two. */
function encodeWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character, 'utf8') > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((one) => `=?utf-8?B?${Buffer.from(one, 'utf8').toString('base64')}?=`).join('\r\n ');
}
