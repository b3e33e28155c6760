/** The examples of the Amazon S3 API reference ("Signature Calculations for the Authorization Header", "Using Query Parameters"), and what was changed in one of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSignature, type SignedRequest } from './signature-v4.js';

const KEYS = new Map([['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY']]);
const NOW = new Date('2013-05-24T00:00:00.000Z');
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const NOTHING = new Uint8Array();
const signed = (headers: string, signature: string): string => `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${headers},Signature=${signature}`;
const host = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z' };

const GET: SignedRequest = { method: 'GET', url: '/test.txt', body: NOTHING, headers: { ...host, range: 'bytes=0-9', 'x-amz-content-sha256': EMPTY, authorization: signed('host;range;x-amz-content-sha256;x-amz-date', 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41') } };
const PUT: SignedRequest = {
  method: 'PUT', url: '/test%24file.text', body: Buffer.from('Welcome to Amazon S3.'),
  headers: { ...host, date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY', 'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072', authorization: signed('date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class', '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd') },
};
const LIFECYCLE: SignedRequest = { method: 'GET', url: '/?lifecycle', body: NOTHING, headers: { ...host, 'x-amz-content-sha256': EMPTY, authorization: signed('host;x-amz-content-sha256;x-amz-date', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543') } };
const LIST: SignedRequest = { method: 'GET', url: '/?max-keys=2&prefix=J', body: NOTHING, headers: { ...host, 'x-amz-content-sha256': EMPTY, authorization: signed('host;x-amz-content-sha256;x-amz-date', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7') } };
const ADDRESS: SignedRequest = {
  method: 'GET', body: NOTHING, headers: { host: host.host },
  url: '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
};
const codeOf = (request: SignedRequest, now = NOW, keys: ReadonlyMap<string, string> = KEYS): string => { const checked = checkSignature(request, keys, now); return checked.kind === 'good' ? 'good' : checked.code; };

test('the published examples are good', () => {
  for (const request of [GET, PUT, LIFECYCLE, LIST, ADDRESS]) assert.equal(codeOf(request), 'good', `${request.method} ${request.url}`);
});

test('whatever is changed of a request, its signature does not fit any more', () => {
  assert.equal(codeOf({ ...GET, method: 'DELETE' }), 'SignatureDoesNotMatch');
  assert.equal(codeOf({ ...GET, url: '/other.txt' }), 'SignatureDoesNotMatch');
  assert.equal(codeOf({ ...LIST, url: '/?max-keys=3&prefix=J' }), 'SignatureDoesNotMatch');
  assert.equal(codeOf({ ...GET, headers: { ...GET.headers, range: 'bytes=0-99' } }), 'SignatureDoesNotMatch');
  assert.equal(codeOf({ ...PUT, body: Buffer.from('Welcome to Amazon S4.') }), 'XAmzContentSHA256Mismatch');
  assert.equal(codeOf({ ...ADDRESS, url: ADDRESS.url.replace('86400', '86401') }), 'SignatureDoesNotMatch');
});

test('without a signature, with another key, out of time, or with a header that is not covered nobody is let in', () => {
  assert.equal(codeOf({ ...GET, headers: host }), 'AccessDenied');
  assert.equal(codeOf({ ...GET, headers: { ...GET.headers, authorization: 'Basic YTpi' } }), 'AuthorizationHeaderMalformed');
  assert.equal(codeOf(GET, NOW, new Map()), 'InvalidAccessKeyId');
  assert.equal(codeOf(GET, NOW, new Map([['AKIAIOSFODNN7EXAMPLE', 'another']])), 'SignatureDoesNotMatch');
  assert.equal(codeOf(GET, new Date('2013-05-24T00:15:01.000Z')), 'RequestTimeTooSkewed');
  assert.equal(codeOf(ADDRESS, new Date('2013-05-25T00:00:01.000Z')), 'AccessDenied');
  assert.equal(codeOf({ ...GET, headers: { ...GET.headers, 'x-amz-copy-source': '/a/b' } }), 'AccessDenied');
});
