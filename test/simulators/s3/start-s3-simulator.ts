/** Object storage of a house as S3 speaks it: one bucket, path style, every request signed (Signature Version 4). Source: Amazon S3 API reference; errors and their order as MinIO answers them. */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenHttp } from '../machinery/http-listener.js';
import { checkSignature } from './signature-v4.js';

export type S3SimulatorOptions = { readonly bucket: string; readonly accessKeyId: string; readonly secretAccessKey: string; readonly port?: number; readonly tls?: { readonly keyPem: string; readonly certificatePem: string } };
/** What goes wrong. `full`: nothing more is taken; `readOnly`: the key may only read; `silent`: a request is heard and never answered; `late`: its clock is an hour ahead. */
export type S3Fault = 'full' | 'readOnly' | 'silent' | 'late';

type StoredObject = { readonly bytes: Buffer; readonly etag: string; readonly at: Date; readonly metadata: Readonly<Record<string, string>> };
type Upload = { readonly key: string; readonly parts: Map<number, Buffer>; readonly metadata: Readonly<Record<string, string>> };

const LARGEST_BODY_BYTES = 64 * 1_048_576;
const ERRORS = {
  AccessDenied: 403, InvalidAccessKeyId: 403, SignatureDoesNotMatch: 403, RequestTimeTooSkewed: 403, AuthorizationHeaderMalformed: 400, XAmzContentSHA256Mismatch: 400, NoSuchBucket: 404, NoSuchKey: 404, NoSuchUpload: 404, InvalidPart: 400, XMinioStorageFull: 507, NotImplemented: 501,
} as const;

class S3Refusal extends Error {
  readonly code: keyof typeof ERRORS;
  constructor(code: keyof typeof ERRORS) {
    super(code);
    this.code = code;
  }
}

export async function startS3Simulator({ bucket, accessKeyId, secretAccessKey, port, tls }: S3SimulatorOptions) {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, Upload>();
  const state: { fault: S3Fault | undefined; requests: string[] } = { fault: undefined, requests: [] };
  const keys = new Map([[accessKeyId, secretAccessKey]]);
  const mustFind = (key: string): StoredObject => {
    const found = objects.get(key);
    if (found === undefined) throw new S3Refusal('NoSuchKey');
    return found;
  };
  const put = (key: string, bytes: Buffer, metadata: StoredObject['metadata'], etag = md5(bytes)): StoredObject => {
    const stored = { bytes, etag, at: new Date(), metadata };
    objects.set(key, stored);
    return stored;
  };
  const mustTake = (): void => {
    if (state.fault === 'readOnly') throw new S3Refusal('AccessDenied');
    if (state.fault === 'full') throw new S3Refusal('XMinioStorageFull');
  };

  const ofObject: Readonly<Record<string, (key: string, query: URLSearchParams, request: IncomingMessage, body: Buffer, response: ServerResponse) => void>> = {
    HEAD(key, _query, _request, _body, response) { sendObject(response, mustFind(key), undefined, true); },
    GET(key, _query, { headers: { range } }, _body, response) { sendObject(response, mustFind(key), range, false); },
    PUT(key, query, { headers }, body, response) {
      mustTake();
      const [upload, part, source] = [query.get('uploadId'), query.get('partNumber'), headers['x-amz-copy-source']];
      if (upload !== null && part !== null) {
        mustBe(uploads.get(upload), 'NoSuchUpload').parts.set(Number(part), body);
        response.writeHead(200, { ETag: `"${md5(body)}"` }).end();
      } else if (typeof source === 'string') {
        const [, from = '', name = ''] = /^\/?([^/]+)\/(.+)$/.exec(decodeURIComponent(source)) ?? [];
        if (from !== bucket) throw new S3Refusal('NoSuchBucket');
        const { bytes, metadata } = mustFind(name);
        const copied = put(key, bytes, metadata);
        sendXml(response, 200, `<CopyObjectResult><ETag>"${copied.etag}"</ETag><LastModified>${copied.at.toISOString()}</LastModified></CopyObjectResult>`);
      } else {
        response.writeHead(200, { ETag: `"${put(key, body, metadataOf(headers)).etag}"` }).end();
      }
    },
    POST(key, query, { headers }, body, response) {
      mustTake();
      if (query.has('uploads')) {
        const id = randomUUID();
        uploads.set(id, { key, parts: new Map(), metadata: metadataOf(headers) });
        sendXml(response, 200, `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
        return;
      }
      const id = query.get('uploadId') ?? '';
      const { parts, metadata } = mustBe(uploads.get(id), 'NoSuchUpload');
      const named = [...body.toString('utf8').matchAll(/<ETag>(?:&#34;|&quot;|")?([0-9a-f]{32})(?:&#34;|&quot;|")?<\/ETag>\s*<PartNumber>(\d+)<\/PartNumber>|<PartNumber>(\d+)<\/PartNumber>\s*<ETag>(?:&#34;|&quot;|")?([0-9a-f]{32})/g)].map(([, first, second, third, fourth]) => ({ number: Number(second ?? third), etag: first ?? fourth }));
      const whole = named.map(({ number, etag }) => { const bytes = mustBe(parts.get(number), 'InvalidPart'); if (md5(bytes) !== etag) throw new S3Refusal('InvalidPart'); return bytes; });
      if (whole.length === 0) throw new S3Refusal('InvalidPart');
      uploads.delete(id);
      const stored = put(key, Buffer.concat(whole), metadata, `${createHash('md5').update(Buffer.concat(whole.map((bytes) => createHash('md5').update(bytes).digest()))).digest('hex')}-${String(whole.length)}`);
      sendXml(response, 200, `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key><ETag>"${stored.etag}"</ETag></CompleteMultipartUploadResult>`);
    },
    DELETE(key, query, _request, _body, response) {
      if (state.fault === 'readOnly') throw new S3Refusal('AccessDenied');
      const upload = query.get('uploadId');
      if (upload === null) objects.delete(key);
      else uploads.delete(upload);
      response.writeHead(204).end();
    },
  };
  const list = (query: URLSearchParams, response: ServerResponse): void => {
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
    if (query.has('uploads')) {
      const open = [...uploads].filter(([, { key }]) => key.startsWith(prefix)).map(([id, { key }]) => `<Upload><Key>${escaped(key)}</Key><UploadId>${id}</UploadId><Initiated>${new Date(0).toISOString()}</Initiated></Upload>`);
      sendXml(response, 200, `<ListMultipartUploadsResult><Bucket>${bucket}</Bucket><IsTruncated>false</IsTruncated>${open.join('')}</ListMultipartUploadsResult>`);
      return;
    }
    const below = [...objects].filter(([key]) => key.startsWith(prefix)).toSorted(([left], [right]) => (left < right ? -1 : 1));
    const isDirect = (key: string): boolean => delimiter === '' || !key.slice(prefix.length).includes(delimiter);
    const folders = new Set(below.filter(([key]) => !isDirect(key)).map(([key]) => `${prefix}${key.slice(prefix.length).split(delimiter)[0] ?? ''}${delimiter}`));
    const contents = below.filter(([key]) => isDirect(key)).map(([key, { bytes, etag, at }]) => `<Contents><Key>${escaped(encodeURIComponent(key).replaceAll('%2F', '/'))}</Key><LastModified>${at.toISOString()}</LastModified><ETag>"${etag}"</ETag><Size>${String(bytes.length)}</Size><StorageClass>STANDARD</StorageClass></Contents>`);
    sendXml(response, 200, `<ListBucketResult><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${contents.join('')}${[...folders].map((name) => `<CommonPrefixes><Prefix>${escaped(name)}</Prefix></CommonPrefixes>`).join('')}</ListBucketResult>`);
  };
  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    const { method = '', url: target = '/' } = request;
    state.requests.push(`${method} ${target}`);
    if (state.fault === 'silent') return;
    try {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]));
      const checked = checkSignature({ method, url: target, headers, body }, keys, new Date(Date.now() + (state.fault === 'late' ? 3_600_000 : 0)));
      if (checked.kind === 'refused') throw new S3Refusal(checked.code);
      const url = new URL(target, 'http://host.invalid');
      const [, named = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(url.pathname)) ?? [];
      if (named !== bucket) throw new S3Refusal('NoSuchBucket');
      const work = ofObject[method];
      if (key !== '' && work !== undefined) work(key, url.searchParams, request, body, response);
      else if (method === 'GET') list(url.searchParams, response);
      else throw new S3Refusal('NotImplemented');
    } catch (error) {
      if (!(error instanceof S3Refusal)) throw error;
      if (method === 'HEAD') response.writeHead(ERRORS[error.code]).end();
      else sendXml(response, ERRORS[error.code], `<Error><Code>${error.code}</Code><Message>${error.code}</Message></Error>`);
    }
  };
  const listener = await listenHttp({ name: 'S3', port, tls, largestBodyBytes: LARGEST_BODY_BYTES, answer });
  return { ...listener, state, objects, uploads, put: (key: string, text: string) => { put(key, Buffer.from(text), {}); } };
}

function sendObject(response: ServerResponse, { bytes, etag, at, metadata }: StoredObject, range: string | undefined, isHead: boolean): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const [start, end] = [Number(from ?? 0), to === undefined || to === '' ? bytes.length : Number(to) + 1];
  const part = bytes.subarray(start, end);
  response.writeHead(from === undefined ? 200 : 206, { ETag: `"${etag}"`, 'Last-Modified': at.toUTCString(), 'Content-Length': part.length, 'Accept-Ranges': 'bytes', ...metadata, ...(from === undefined ? {} : { 'Content-Range': `bytes ${String(start)}-${String(start + part.length - 1)}/${String(bytes.length)}` }) });
  response.end(isHead ? undefined : part);
}

function metadataOf(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (name.startsWith('x-amz-meta-') && typeof value === 'string' ? [[name, value]] : [])));
}

function sendXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}

function mustBe<Value>(value: Value | undefined, code: keyof typeof ERRORS): Value {
  if (value === undefined) throw new S3Refusal(code);
  return value;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
