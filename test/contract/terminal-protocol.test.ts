/** The SDK and the core each hold their own copy of the protocol. Here they are held against one another, and both against fixed vectors. */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import * as sdk from '@hospay/terminal-sdk';
import { canonicalJson } from '@hospay/server/terminals/canonical-json.js';
import { normaliseClaimCode, showClaimCode } from '@hospay/server/terminals/claim-code.js';
import * as agreement from '@hospay/server/terminals/key-agreement.js';
import { noticeSigner } from '@hospay/server/terminals/notice-signature.js';
import { KEY_ROTATE } from '@hospay/server/terminals/operations.js';
import { CONFIGURATION_REPORTED } from '@hospay/server/terminals/reported-configuration.js';
import { CONFIGURATION_DESIRED, NOTICES } from '@hospay/server/terminals/terminal-announcer.js';
import { EVERYBODY } from '@hospay/server/fleet/ports.js';
import * as keys from '@hospay/server/terminals/device-key.js';
import * as envelope from '@hospay/server/terminals/envelope.js';
import { OPERATIONS, PAYMENT_CHANGED } from '@hospay/server/terminals/operations.js';
import { TOPIC_ROOT, topics } from '@hospay/server/terminals/topics.js';
import { OrderViewSchema, type BillView, type OrderView, type PatientView, type QuoteView, type Shown } from '@hospay/server/terminals/views.js';
import { ERRORS } from '@hospay/server/domain/errors.js';

/** Also printed in core/docs/terminal-protocol.md, for vendors in other languages. */
const CANONICAL: readonly (readonly [unknown, string])[] = [
  [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
  [{ 金额: 1, amount: 2, Z: null, é: true }, '{"Z":null,"amount":2,"é":true,"金额":1}'],
  [{ '\u{1F600}': 1, '\uFB33': 2 }, '{"😀":1,"\uFB33":2}'],
  [['x', { y: [] }, {}], '["x",{"y":[]},{}]'],
  ['引号"反斜杠\\换行\n制表\t\u0001\u007f/', '"引号\\"反斜杠\\\\换行\\n制表\\t\\u0001\u007f/"'],
  [[0, -1, 9007199254740991], '[0,-1,9007199254740991]'],
  [{ kept: 1, left: undefined }, '{"kept":1}'],
];
const NOT_CANONICAL: readonly unknown[] = [0.1, 1e300, Number.NaN, 2 ** 53, '\uD800', { '\uDC00': 1 }, undefined, [undefined], () => 1, 1n];

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const UNSIGNED = {
  v: 1, id: '0123456789abcdef', op: 'payment.create', ts: 1_795_000_000_000, exp: 1_795_000_030_000, cid: 'c0ffee00c0ffee00', replyTo: 'hospay/v1/d/kiosk-1/dn/reply', idem: 'kiosk-1:42-a1', seq: 43,
  body: { quoteId: 'Q1', amountFen: 3000, method: 'nativeQr' }, kid: '',
};

describe('the terminal protocol is one, in SDK and core', () => {
  for (const [side, write] of [['core', canonicalJson], ['SDK', sdk.canonicalJson]] as const) {
    test(`canonical JSON of the ${side} follows the vectors and refuses what has no canonical form`, () => {
      for (const [value, text] of CANONICAL) assert.equal(write(value), text);
      for (const value of NOT_CANONICAL) assert.throws(() => write(value), { name: 'NotCanonical' });
      assert.throws(() => write(Array.from({ length: 40 }).reduce((inner: unknown) => [inner], 1)), { name: 'NotCanonical' });
    });
  }

  test('any JSON value without fractions is written alike on both sides, and reads back as itself', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.string({ unit: 'grapheme' }), fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(fc.string({ unit: 'grapheme' }), tie('any'), { maxKeys: 4 })),
    })).any;
    fc.assert(fc.property(value, (json) => {
      assert.equal(canonicalJson(json), sdk.canonicalJson(json));
      assert.equal(canonicalJson(JSON.parse(canonicalJson(json))), canonicalJson(json));
    }), { numRuns: 300 });
  });

  test('key id, broker password, signature, claim id and device key equal the published vectors on both sides', () => {
    const claim = { code: '0123456789ABCDEFGHJKMNPQRS', deviceNonce: sdk.toBase64Url(KEY), serverNonce: sdk.toBase64Url(KEY.toReversed()), deviceId: 'kiosk-1' };
    for (const side of [keys, sdk]) {
      const unsigned = { ...UNSIGNED, kid: side.keyIdOf(KEY) };
      assert.equal(side.keyIdOf(KEY), VECTORS.kid);
      assert.equal(side.brokerPasswordOf(KEY), VECTORS.password);
      assert.equal(side.signMessage(KEY, { direction: 'up', device: 'kiosk-1', unsigned }), VECTORS.up);
      assert.equal(side.signMessage(KEY, { direction: 'dn', device: 'kiosk-1', unsigned }), VECTORS.dn);
      assert.equal(side.claimIdOf(claim.code), VECTORS.claimId);
      assert.equal(side.signEnrolment(claim.code, { kind: 'req', unsigned: { v: 1, deviceNonce: claim.deviceNonce } }), VECTORS.enrolment);
      assert.equal(Buffer.from(side.deriveDeviceKey(claim)).toString('hex'), VECTORS.deviceKey);
    }
  });

  test('a key agreed on after an approval or in a rotation equals the published vectors on both sides', () => {
    for (const side of [agreement, sdk]) {
      const [device, core] = [side.agreementOf(KEY), side.agreementOf(KEY.toReversed())];
      assert.ok(device !== undefined && core !== undefined);
      assert.deepEqual([device.publicKey, core.publicKey], [VECTORS.devicePoint, VECTORS.corePoint]);
      const [shared, there] = [device.sharedWith(core.publicKey), core.sharedWith(device.publicKey)];
      assert.ok(shared !== undefined);
      assert.deepEqual([Buffer.from(shared).toString('hex'), Buffer.from(there ?? []).toString('hex')], [VECTORS.shared, VECTORS.shared]);
      const agreed = { shared, devicePublicKey: device.publicKey, corePublicKey: core.publicKey, deviceId: 'kiosk-1' };
      assert.equal(Buffer.from(side.deriveAgreedKey({ ...agreed, bound: { code: '0123456789AB' } })).toString('hex'), VECTORS.approvedKey);
      assert.equal(Buffer.from(side.deriveAgreedKey({ ...agreed, bound: { oldKey: KEY } })).toString('hex'), VECTORS.rotatedKey);
      // What is no point of the curve makes no key, on either side.
      for (const wrong of ['', 'B'.repeat(87), `B${'A'.repeat(86)}`, VECTORS.kid]) assert.equal(device.sharedWith(wrong), undefined, wrong);
      assert.equal(side.agreementOf(new Uint8Array(32)), undefined);
    }
  });

  test('a notice is believed when the core signed it for this audience, and not otherwise', () => {
    const core = agreement.agreementOf(KEY.toReversed());
    assert.ok(core !== undefined);
    const point = Buffer.from(core.publicKey, 'base64url');
    const privateKey = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d: Buffer.from(KEY.toReversed()).toString('base64url'), x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }, format: 'jwk' });
    const signer = noticeSigner(privateKey.export({ format: 'der', type: 'pkcs8' }));
    assert.deepEqual([signer.publicKey, signer.kid, sdk.noticeKeyId(signer.publicKey)], [VECTORS.corePoint, VECTORS.noticeKid, VECTORS.noticeKid]);
    const unsigned = JSON.parse(NOTICE) as object;
    assert.equal(sdk.isNoticeSigned(signer.publicKey, { audience: 'all', unsigned, sig: VECTORS.noticeSig }), true);
    assert.equal(sdk.isNoticeSigned(signer.publicKey, { audience: 'all', unsigned, sig: signer.sign('all', unsigned) }), true);
    assert.equal(sdk.isNoticeSigned(signer.publicKey, { audience: 'kiosk', unsigned, sig: VECTORS.noticeSig }), false);
    assert.equal(sdk.isNoticeSigned(signer.publicKey, { audience: 'all', unsigned: { ...unsigned, seq: 8 }, sig: VECTORS.noticeSig }), false);
    assert.equal(sdk.isNoticeSigned(VECTORS.devicePoint, { audience: 'all', unsigned, sig: VECTORS.noticeSig }), false);
    assert.equal(sdk.isNoticeSigned('none', { audience: 'all', unsigned, sig: 'none' }), false);
  });

  test('a claim code is read alike, however it was typed', () => {
    const shown = showClaimCode('0123456789ABCDEFGHJKMNPQRS');
    assert.equal(shown, '01234-56789-ABCDE-FGHJK-MNPQR-S');
    for (const normalise of [normaliseClaimCode, sdk.normaliseClaimCode]) assert.equal(normalise(` ${shown.toLowerCase().replace('0', 'o').replace('1', 'l')} `), '0123456789ABCDEFGHJKMNPQRS');
  });

  test('topics, limits and names are the same', () => {
    assert.equal(sdk.TOPIC_ROOT, TOPIC_ROOT);
    for (const [name, build] of Object.entries(topics)) assert.equal(build('device-1', 'x.y'), Object.entries(sdk.topics).find(([other]) => other === name)?.[1]('device-1', 'x.y'), name);
    assert.deepEqual(Object.keys(sdk.topics), Object.keys(topics));
    assert.deepEqual(
      [sdk.ENVELOPE_VERSION, sdk.LARGEST_CLOCK_SKEW_MS, sdk.LONGEST_LIFE_MS, sdk.LARGEST_MESSAGE_BYTES],
      [envelope.ENVELOPE_VERSION, envelope.LARGEST_CLOCK_SKEW_MS, envelope.LONGEST_LIFE_MS, envelope.LARGEST_MESSAGE_BYTES],
    );
    assert.deepEqual([sdk.PAYMENT_CHANGED, sdk.KEY_ROTATE, sdk.CONFIGURATION_DESIRED, sdk.CONFIGURATION_REPORTED, sdk.NOTICES, sdk.EVERYBODY], [PAYMENT_CHANGED, KEY_ROTATE, CONFIGURATION_DESIRED, CONFIGURATION_REPORTED, NOTICES, EVERYBODY]);
    for (const code of sdk.DEFINITE_CREATE_REFUSALS) assert.ok(code in ERRORS, code);
  });

  test('every operation takes and answers the same shapes', () => {
    assert.deepEqual(Object.keys(sdk.OPERATIONS), Object.keys(OPERATIONS));
    for (const [name, { request, reply }] of Object.entries(sdk.OPERATIONS)) {
      const core = Object.entries(OPERATIONS).find(([other]) => other === name)?.[1];
      assert.ok(core !== undefined);
      assert.deepEqual(shapeOfSdk(request.schema), shapeOfCore(core.request), `${name} request`);
      assert.deepEqual(shapeOfSdk(reply.schema), shapeOfCore(core.reply), `${name} reply`);
    }
    assert.deepEqual(shapeOfSdk(sdk.orderShape.schema), shapeOfCore(OrderViewSchema));
    assert.deepEqual(shapeOfSdk(sdk.errorShape.schema), shapeOfCore(envelope.ErrorBodySchema));
  });

  test('the published page carries the vectors, every operation and every definite refusal', () => {
    const page = readFileSync(new URL('../../../core/docs/terminal-protocol.md', import.meta.url), 'utf8');
    for (const [name, vector] of Object.entries(VECTORS)) assert.ok(page.includes(`\`${vector}\``), name);
    assert.ok(page.includes(canonicalJson({ ...UNSIGNED, kid: VECTORS.kid })), 'the canonical envelope');
    assert.ok(page.includes(`\`${NOTICE}\``), 'the canonical notice');
    for (const name of [...Object.keys(OPERATIONS), PAYMENT_CHANGED, CONFIGURATION_DESIRED, CONFIGURATION_REPORTED, NOTICES, ...sdk.DEFINITE_CREATE_REFUSALS]) assert.ok(page.includes(`\`${name}\``) || page.includes(`push \`${name}\``), name);
  });

  test('the types are the same too', () => {
    // Compiling is the proof; the values only keep the compiler from leaving the lines out.
    const proofs: readonly true[] = [
      same<sdk.Order, OrderView>(), same<sdk.Patient, PatientView>(), same<sdk.Bill, BillView>(), same<sdk.Quote, QuoteView>(), same<sdk.TerminalError, Shown<envelope.ErrorBody>>(),
    ];
    assert.equal(proofs.length, 5);
  });
});

/** Compiles only when each type may stand for the other. */
function same<Left, Right>(...proof: Left extends Right ? (Right extends Left ? [] : ['right is wider']) : ['left is wider']): true {
  assert.equal(proof.length, 0);
  return true;
}

type Plain = string | { readonly [key: string]: Plain | readonly Plain[] | readonly string[] };

function shapeOfSdk(schema: sdk.SchemaNode): Plain {
  if ('anyOf' in schema) return { anyOf: schema.anyOf.map(shapeOfSdk) };
  if ('enum' in schema) return { enum: [...schema.enum] };
  switch (schema.type) {
    case 'array':
      return { array: shapeOfSdk(schema.items) };
    case 'record':
      return { record: shapeOfSdk(schema.values) };
    case 'object':
      return { members: membersOf(Object.entries(schema.properties).map(([key, member]) => [key, shapeOfSdk(member), schema.required.includes(key)])) };
    case 'string':
    case 'integer':
    case 'boolean':
      return schema.type;
  }
}

/** The core's JSON schema without limits, patterns and descriptions: those are the core's to enforce. */
function shapeOfCore(schema: object): Plain {
  const node = fields(schema);
  const options = node['anyOf'];
  if (Array.isArray(options)) {
    const words = options.map((option: unknown) => fields(option)['const']);
    return words.every((word) => typeof word === 'string') ? { enum: words } : { anyOf: options.map((option: unknown) => shapeOfCore(fields(option))) };
  }
  if (Array.isArray(node['enum'])) return { enum: node['enum'].map(String) };
  if (typeof node['const'] === 'string') return { enum: [node['const']] };
  if (node['type'] === 'array') return { array: shapeOfCore(fields(node['items'])) };
  if (node['type'] !== 'object') return String(node['type']);
  if (node['patternProperties'] !== undefined) return { record: shapeOfCore(fields(Object.values(fields(node['patternProperties']))[0])) };
  const required = Array.isArray(node['required']) ? node['required'].map(String) : [];
  return { members: membersOf(Object.entries(fields(node['properties'])).map(([key, member]) => [key, shapeOfCore(fields(member)), required.includes(key)])) };
}

function membersOf(members: readonly (readonly [string, Plain, boolean])[]): Plain {
  return Object.fromEntries(members.map(([key, shape, isRequired]) => [isRequired ? key : `${key}?`, shape] as const).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const NOTICE =
  '{"body":{"audience":"all","notices":[{"noticeId":"N1","severity":"outOfService","validFrom":"2026-11-18T00:00:00.000Z","validUntil":"2026-11-19T00:00:00.000Z","zh":"今晚 22:00 停机"}]},"cid":"none","exp":1795003600000,"id":"0123456789abcdef","kid":"114e706b4242784e","op":"notices","seq":7,"ts":1795000000000,"v":1}';
const VECTORS = {
  kid: 'a9f81dc096c32abe',
  password: 'QwlGQqOnpPOvHqGYENC4DEATR2uo6NJyxrKhRvhHMms=',
  up: 'WHE9q6BMDd7FSYOs5sd8sXTI_-c2qylrrZCwdjKGsws',
  dn: 'WzPXSFhFiSogJZJmgPM_yg9BCZhMoLfwwg_hbI0bQko',
  claimId: 'c68f3f12d436bb87421249474be7c4551e58f33e27e8844ac2fc09733cee6bb2',
  enrolment: 'vRbkREEi4PY_o0RFJyihlPPQyCpvwzDSxNsr_1NPFQI',
  devicePoint: 'BHpZMYCGDEA3yDwSdJhFyO4UJN0pf63LiV41glXSx9KyqMolWA8mJv5XkGL_G5n_kcJKDaBvsytb4gFIySSfVlA',
  corePoint: 'BJhCJVhdIoXBOAM9YUDjzvi5GFlwTlPDE_i2NrpPlnZJlzQUT0b9GadnpUUofEOWuXtp3Tj6rqiYGtwaT-2bQB4',
  shared: '736fe69d419ff2cab8462b15c7a74788fa99be903dd9505cf30f47dc81014d60',
  approvedKey: 'd7e762235319fb8410cfafa88fea7d61c3a1c8ce39a561f1668ee1d2df3ced61',
  rotatedKey: 'd31a623f032f7f4d7139564de45733665b5eaa2f793d43873f8703d8a27b68c9',
  noticeKid: '114e706b4242784e',
  noticeSig: 'b4vW0cZFolIknqgA1YSgYj3Y6RNQXVYdy99Ttr9vsoS6WlQfpFmdpPsiCwElvZbcxhYfWkH8tIk70yle6PWv0Q',
  deviceKey: '893a99bff3a4fd2de5e6d48344a45c2e99f7ec6d6b8df2f54d98ceebe003c045',
};
