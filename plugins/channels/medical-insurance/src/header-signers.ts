import { randomBytes } from 'node:crypto';

import type { PluginContext } from '@hospay/plugin-sdk';

import { isFields, readJson, textAt } from './answer-fields.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

export type SignedHeaders = { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> } | { readonly kind: 'notSent'; readonly reason: string };

/** Makes the gateway's headers of one message. */
export type HeaderSigner = {
  sign(message: { readonly infno: string; readonly signal: AbortSignal }): Promise<SignedHeaders>;
  /** The gateway let a message in no longer (HTTP 401). */
  wasRejected?(): void;
};

type Needed = { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings };

const OAUTH_PATH = '/auth/oauth/token';
/** A token is renewed this long before its end. */
const TOKEN_MARGIN_MS = 60_000;
/** Of a token whose life is not told. */
const SHORTEST_TOKEN_SECONDS = 300;

/** The header signer the settings choose. @throws Error naming the setting it lacks. */
export function createHeaderSigner(needed: Needed): HeaderSigner {
  const { headerSigner, gatewayId, gatewaySecret } = needed.settings;
  if (headerSigner === 'none') return { sign: () => Promise.resolve({ kind: 'headers', headers: {} }) };
  if (gatewayId === undefined || gatewaySecret === undefined) throw new Error(`headerSigner ${headerSigner} needs gatewayId and gatewaySecret`);
  return { tif: tifSigner, hsaf: hsafSigner, oauth: oauthSigner }[headerSigner](needed, gatewayId);
}

function tifSigner({ context }: Needed, gatewayId: string): HeaderSigner {
  return {
    async sign() {
      const timestamp = String(Math.floor(context.now().getTime() / 1000));
      const nonce = randomBytes(16).toString('hex');
      const signature = await context.keys.digestWithSecret({ key: 'gatewaySecret', algorithm: 'sha256', before: Buffer.from(timestamp), after: Buffer.from(`${nonce}${timestamp}`) });
      return { kind: 'headers', headers: { 'x-tif-paasid': gatewayId, 'x-tif-timestamp': timestamp, 'x-tif-nonce': nonce, 'x-tif-signature': signature } };
    },
  };
}

function hsafSigner({ context, settings }: Needed, gatewayId: string): HeaderSigner {
  return {
    async sign({ infno }) {
      const [name, version, timestamp] = [settings.gatewayApiName.replaceAll('{infno}', infno), '1.0.0', String(context.now().getTime())];
      const text = `_api_access_key=${gatewayId}&_api_name=${name}&_api_timestamp=${timestamp}&_api_version=${version}`;
      const signature = Buffer.from(await context.keys.sign({ key: 'gatewaySecret', algorithm: 'HMAC-SHA1', data: Buffer.from(text) })).toString('base64');
      return { kind: 'headers', headers: { _api_name: name, _api_version: version, _api_timestamp: timestamp, _api_access_key: gatewayId, _api_signature: signature } };
    },
  };
}

/** The token is kept in memory only: losing it costs one more request, never a payment. */
function oauthSigner({ context, settings }: Needed, gatewayId: string): HeaderSigner {
  let token: { readonly text: string; readonly until: number } | undefined;
  return {
    async sign({ signal }) {
      if (token === undefined || token.until <= context.now().getTime()) {
        const answer = await context.http.request({
          method: 'POST',
          url: `${settings.baseUrl.replace(/\/$/, '')}${OAUTH_PATH}`,
          headers: { authorization: `Basic ${Buffer.from(`${gatewayId}:${settings.gatewaySecret ?? ''}`).toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ username: settings.gatewayUser ?? '', password: settings.gatewayPassword ?? '', scope: 'server', grant_type: 'password' }).toString(),
          signal,
        });
        const body: unknown = answer.kind === 'answer' && answer.status === 200 ? readJson(answer.body) : undefined;
        const text = isFields(body) ? textAt(body, 'access_token') : '';
        // The message itself has not left.
        if (text === '') return { kind: 'notSent', reason: 'the gateway gave no token' };
        const lifeSeconds = Number(textAt(isFields(body) ? body : undefined, 'expires_in')) || SHORTEST_TOKEN_SECONDS;
        token = { text, until: context.now().getTime() + lifeSeconds * 1000 - TOKEN_MARGIN_MS };
      }
      return { kind: 'headers', headers: { authorization: `Bearer ${token.text}` } };
    },
    wasRejected() {
      token = undefined;
    },
  };
}
