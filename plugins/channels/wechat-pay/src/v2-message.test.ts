import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isSignedBy, readXml, signatureOf, writeXml } from './v2-message.js';

/** WeChat Pay's own published example. */
const EXAMPLE = { appid: 'wxd930ea5d5a258f4f', mch_id: '10000100', device_info: '1000', body: 'test', nonce_str: 'ibuaiVcKdpRxkhJA' };
const KEY = '192006250b4c09247ec02edce69f6a2d';

test('the published example is signed as published, whatever the order of the fields, empty ones and the signature left out', () => {
  assert.equal(signatureOf(EXAMPLE, 'MD5', KEY), '9A0A8659F005D6984697E2CA0A9CF3B7');
  assert.equal(signatureOf({ ...EXAMPLE, attach: '', sign: 'x' }, 'HMAC-SHA256', KEY), '6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6');
});

test('an answer is signed with the algorithm of the request and with no other', () => {
  const signed = { ...EXAMPLE, sign: signatureOf(EXAMPLE, 'HMAC-SHA256', KEY) };
  assert.ok(isSignedBy(signed, 'HMAC-SHA256', KEY));
  assert.ok(!isSignedBy(signed, 'MD5', KEY));
  assert.ok(!isSignedBy({ ...signed, body: 'other' }, 'HMAC-SHA256', KEY));
  assert.ok(!isSignedBy(EXAMPLE, 'HMAC-SHA256', KEY));
});

test('what is written is read again, angle brackets in texts do no harm', () => {
  assert.match(writeXml({ body: '挂号<费> & "门诊"' }), /^<xml><body>挂号&lt;费&gt; &amp;/);
  const answer = Buffer.from('<xml>\n<return_code><![CDATA[SUCCESS]]></return_code>\n<body><![CDATA[a<b & c ]]></body><total_fee>12</total_fee><attach></attach>\n</xml>');
  assert.deepEqual(readXml(answer), { return_code: 'SUCCESS', body: 'a<b & c ', total_fee: '12', attach: '' });
});

test('entities, document types, nesting, repeated names and other bytes are no message', () => {
  const bomb = '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><body>&b;</body></xml>';
  const outside = '<!doctype xml SYSTEM "http://127.0.0.1/x"><xml><body>1</body></xml>';
  for (const text of [bomb, outside, '<xml><a><b>1</b></a></xml>', '<xml><a>1</a><a>2</a></xml>', '<xml><a>1</xml>', '<html>no</html>', '', '{"code":1}']) {
    assert.equal(readXml(Buffer.from(text)), undefined, text);
  }
  assert.equal(readXml(Buffer.from([0x3c, 0x78, 0x6d, 0x6c, 0x3e, 0xff, 0x3c, 0x2f, 0x78, 0x6d, 0x6c, 0x3e])), undefined);
  assert.deepEqual(readXml(Buffer.from('<xml><body>&lt;</body></xml>')), { body: '&lt;' }, 'entities stay as they are');
});
