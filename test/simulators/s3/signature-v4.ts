/** AWS Signature Version 4 as a server checks it: in the header and in a signed address. Source: "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API reference. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type SignedRequest = {
  readonly method: string;
  /** As it came over the line: path and query, still escaped. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
};
export type Keys = ReadonlyMap<string, string>;
export type Refusal = 'AccessDenied' | 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | 'RequestTimeTooSkewed' | 'XAmzContentSHA256Mismatch' | 'AuthorizationHeaderMalformed';
export type Checked = { readonly kind: 'good'; readonly accessKeyId: string } | { readonly kind: 'refused'; readonly code: Refusal };

const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
const MOST_SKEW_MS = 15 * 60_000;
const refused = (code: Refusal): Checked => ({ kind: 'refused', code });

/** Nobody is let in whose signature does not cover the method, the address, the host, the time and what he sends. */
export function checkSignature(request: SignedRequest, keys: Keys, now: Date): Checked {
  const url = new URL(request.url, 'http://host.invalid');
  const given = url.searchParams.has('X-Amz-Signature') ? fromAddress(url) : fromHeader(request.headers);
  if (given === undefined) return refused(request.headers['authorization'] === undefined ? 'AccessDenied' : 'AuthorizationHeaderMalformed');
  const { accessKeyId, day, region, signedHeaders, signature, time, payload, lifeMs } = given;
  const secret = keys.get(accessKeyId);
  if (secret === undefined) return refused('InvalidAccessKeyId');
  if (!signedHeaders.includes('host') || !time.startsWith(day)) return refused('SignatureDoesNotMatch');
  // Each x-amz header that was sent must be covered.
  if (lifeMs === undefined && Object.keys(request.headers).some((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name))) return refused('AccessDenied');
  const age = now.getTime() - instantOf(time);
  if (!(age >= -MOST_SKEW_MS && age <= (lifeMs ?? MOST_SKEW_MS))) return refused(lifeMs === undefined ? 'RequestTimeTooSkewed' : 'AccessDenied');
  if (payload !== UNSIGNED && payload !== sha256(request.body)) return refused('XAmzContentSHA256Mismatch');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = [ALGORITHM, time, scope, sha256(canonicalRequest(request, url, signedHeaders, payload))].join('\n');
  const expected = hmac(signingKey(secret, day, region), toSign);
  const answered = Buffer.from(signature, 'hex');
  return answered.length === expected.length && timingSafeEqual(answered, expected) ? { kind: 'good', accessKeyId } : refused('SignatureDoesNotMatch');
}

type Given = { readonly accessKeyId: string; readonly day: string; readonly region: string; readonly signedHeaders: readonly string[]; readonly signature: string; readonly time: string; readonly payload: string; readonly lifeMs: number | undefined };

function fromHeader(headers: SignedRequest['headers']): Given | undefined {
  const [, accessKeyId, day, region, names, signature] = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '') ?? [];
  const [time, payload] = [headers['x-amz-date'], headers['x-amz-content-sha256']];
  if (accessKeyId === undefined || day === undefined || region === undefined || names === undefined || signature === undefined || time === undefined || payload === undefined) return undefined;
  return { accessKeyId, day, region, signedHeaders: names.split(';'), signature, time, payload, lifeMs: undefined };
}

function fromAddress({ searchParams }: URL): Given | undefined {
  const read = (name: string): string => searchParams.get(`X-Amz-${name}`) ?? '';
  const [, accessKeyId, day, region] = /^([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request$/.exec(read('Credential')) ?? [];
  const life = Number(read('Expires'));
  if (read('Algorithm') !== ALGORITHM || accessKeyId === undefined || day === undefined || region === undefined || !Number.isInteger(life) || life < 1 || life > 604_800) return undefined;
  return { accessKeyId, day, region, signedHeaders: read('SignedHeaders').split(';'), signature: read('Signature'), time: read('Date'), payload: UNSIGNED, lifeMs: life * 1_000 };
}

function canonicalRequest({ method, headers }: SignedRequest, url: URL, signedHeaders: readonly string[], payload: string): string {
  const query = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature').map(([name, value]) => `${escaped(name)}=${escaped(value)}`).toSorted();
  const path = url.pathname.split('/').map((part) => escaped(decodeURIComponent(part))).join('/');
  const named = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`).join('');
  return [method, path, query.join('&'), named, signedHeaders.join(';'), payload].join('\n');
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return ['s3', 'aws4_request'].reduce((key, part) => hmac(key, part), hmac(hmac(`AWS4${secret}`, day), region));
}

/** RFC 3986: only these stay. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function instantOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
