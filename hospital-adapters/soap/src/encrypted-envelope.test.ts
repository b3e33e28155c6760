import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import test from 'node:test';
import { leavesOf, readXml } from '@hospay/plugin-sdk/his-mapping';
import { openEnvelope, sealMessage, signatureOf, type EnvelopeKeys } from './encrypted-envelope.js';

const keys: EnvelopeKeys = { user: 'U1', encryptionKey: '0123456789abcdef', signingKey: 'sign-key', charset: 'utf-8' };
const encrypt = (text: string): string => {
  const cipher = createCipheriv('aes-128-ecb', keys.encryptionKey, null);
  return cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
};
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

type Parts = { readonly code?: string; readonly text?: string; readonly type?: string; readonly message?: string; readonly sign?: string };

function answer({ code = '0', text = '成功', type = 'MD5', message = encrypt('<RES><A>1</A></RES>'), sign }: Parts): string {
  const own = md5(`RES_ENCRYPTED=${message}&RETURN_CODE=${code}&RETURN_MSG=${text}&KEY=${keys.signingKey}`);
  return `<ROOT><RETURN_CODE>${code}</RETURN_CODE><RETURN_MSG><![CDATA[${text}]]></RETURN_MSG><SIGN_TYPE>${type}</SIGN_TYPE><SIGN>${sign ?? own}</SIGN><RES_ENCRYPTED>${message}</RES_ENCRYPTED></ROOT>`;
}

test('a message is encrypted with AES-128-ECB and signed over its sorted parts', () => {
  const read = readXml(sealMessage('<REQ>张三</REQ>', '3003', keys));
  assert.equal(read.kind, 'document');
  const leaves = leavesOf(read.root);
  const encrypted = encrypt('<REQ>张三</REQ>');
  assert.equal(leaves.get('req_encrypted'), encrypted);
  assert.equal(leaves.get('sign'), md5(`FUN_CODE=3003&REQ_ENCRYPTED=${encrypted}&USER_ID=U1&KEY=sign-key`).toUpperCase());
  assert.deepEqual([leaves.get('fun_code'), leaves.get('user_id'), leaves.get('sign_type')], ['3003', 'U1', 'MD5']);
});

test('a signed answer is opened, in either case of its signature', () => {
  assert.deepEqual(openEnvelope(answer({}), keys), { kind: 'opened', code: '0', text: '成功', message: '<RES><A>1</A></RES>' });
  assert.equal(openEnvelope(answer({}).replace(/<SIGN>(.*)<\/SIGN>/, (_whole, sign: string) => `<SIGN>${sign.toUpperCase()}</SIGN>`), keys).kind, 'opened');
  const withoutText = answer({ text: '', sign: md5(`RES_ENCRYPTED=${encrypt('<RES/>')}&RETURN_CODE=0&KEY=sign-key`), message: encrypt('<RES/>') });
  assert.equal(openEnvelope(withoutText, keys).kind, 'opened', 'a value that is empty may have taken no part');
});

test('what is not signed as it is, is not believed: neither a message, nor a code, nor a refusal', () => {
  const good = answer({});
  const spoiled = [
    good.replace('<RETURN_CODE>0<', '<RETURN_CODE>300303<'), good.replace('成功', '余额不足'), good.replace(/<RES_ENCRYPTED>.*</, `<RES_ENCRYPTED>${encrypt('<RES><A>2</A></RES>')}<`),
    answer({ sign: '' }), answer({ sign: '0'.repeat(32) }), answer({ type: 'NONE' }), good.replace(/<SIGN>.*<\/SIGN>/, ''),
    // The same signed text, parted in another place.
    good.replace('<RETURN_CODE>0</RETURN_CODE><RETURN_MSG><![CDATA[成功]]></RETURN_MSG>', '<RETURN_CODE>0&amp;RETURN_MSG=成功</RETURN_CODE><RETURN_MSG></RETURN_MSG>'),
  ];
  for (const text of spoiled) assert.equal(openEnvelope(text, keys).kind, 'garbled', text);
});

test('what cannot be decrypted, and what is no envelope, is garbled', () => {
  for (const text of ['', 'java.lang.NullPointerException', '<RES><A>1</A></RES>', answer({ message: 'AAAA' }), answer({ message: encrypt('x').slice(0, -4) })]) assert.equal(openEnvelope(text, keys).kind, 'garbled', text);
  assert.deepEqual(openEnvelope(answer({ code: '99', message: '' }), keys), { kind: 'opened', code: '99', text: '成功', message: '' });
});

test('the signature is MD5 over sorted names', () => {
  assert.equal(signatureOf({ b: '2', a: '1' }, keys), md5('a=1&b=2&KEY=sign-key').toUpperCase());
});
