import type { PluginContext } from '@hospay/plugin-sdk';
import type { MobileEnvelope } from '../../simulators/medical-insurance/mobile-envelope.js';
import { beijing, isFields, text, type Fields } from '../../simulators/medical-insurance/wire-values.js';

export const CENTRE = 'centre';
const HOSPITAL = 'hospital';
const LONGEST_AGE_MS = 5 * 60_000;

/**
 * The envelope of 医保移动支付 with signatures that cost nothing: each names its maker, and nobody here can write another's name. SM2 itself is in the contract suites;
 * here it would take longer than the rest of the seed.
 */
export class NamedEnvelope implements Pick<MobileEnvelope, 'open' | 'seal'> {
  static readonly appId = 'SIMULATED-MOBILE-APP';
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  open(envelope: Fields): Fields | string {
    if (text(envelope, 'appId') !== NamedEnvelope.appId || text(envelope, 'signData') !== written(HOSPITAL)) return '验签失败';
    const sentAt = Date.parse(text(envelope, 'timestamp').replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00'));
    if (!(Math.abs(sentAt - this.#now().getTime()) < LONGEST_AGE_MS)) return '时间戳不正确';
    const { data } = envelope;
    return isFields(data) ? data : '报文不正确';
  }

  seal(head: Fields, data: Fields): string {
    return this.signed(head, data, CENTRE);
  }

  signed(head: Fields, data: Fields, maker: string): string {
    return JSON.stringify({ appId: NamedEnvelope.appId, signType: 'SM2', version: '2.0.1', timestamp: beijing(this.#now()).replaceAll(/[-: ]/g, ''), ...head, data, signData: written(maker) });
  }
}

/** The keys as the plugin has them. */
export const NAMED_KEYS: PluginContext<never>['keys'] = {
  sign: () => Promise.resolve(Buffer.from(HOSPITAL)),
  verify: ({ signature }) => Promise.resolve(isOfCentre(Buffer.from(signature).toString('utf8'))),
  decryptAesGcm: () => Promise.resolve(undefined),
  digestWithSecret: () => Promise.reject(new Error('no secret here')),
};

/** Whether a signature of this maker is the centre's. */
export function isOfCentre(maker: string): boolean {
  return maker === CENTRE;
}

function written(maker: string): string {
  return Buffer.from(maker).toString('base64');
}
