/** A phone with an authenticator: RFC 6238 reckoned by hand, so that the platform's arithmetic is held against another. */
import { createHmac } from 'node:crypto';
import { ConsoleClient } from './console-client.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The six digits at a moment. */
export function codeAt(secret: string, at: Date): string {
  const bits = [...secret.replaceAll(/\s/g, '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}

/** Sets the second factor of whoever is signed in up; the secret stays in the phone. */
export async function enrol(client: ConsoleClient, now: () => Date, enrolmentCode?: string): Promise<{ readonly secret: string; readonly recoveryCodes: readonly string[] }> {
  const offered = await client.call('POST', '/second-factor', enrolmentCode === undefined ? {} : { enrolmentCode });
  if (offered.status !== 200) throw new Error(`nothing was offered: ${JSON.stringify(offered.body)}`);
  const secret = String(offered.body['secret']);
  const confirmed = await client.call('POST', '/second-factor/confirmation', { code: codeAt(secret, now()) });
  if (confirmed.status !== 200) throw new Error(`it was not confirmed: ${JSON.stringify(confirmed.body)}`);
  const codes = confirmed.body['recoveryCodes'];
  return { secret, recoveryCodes: Array.isArray(codes) ? codes.map(String) : [] };
}
