/**
 * The encrypted envelope of regional health platforms: the message is AES-128-ECB with PKCS#5 padding in Base64, and what stands beside it is
 * signed with MD5 over its sorted names and values and the key. Both are weak by today's measure and are what these systems speak; whoever needs
 * more puts the line into a tunnel. Nothing of an answer is believed before its signature is verified.
 */
import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { decodeText, encodeText, leavesOf, readXml, writeXml, type Charset } from '@hospay/plugin-sdk/his-mapping';

export type EnvelopeKeys = { readonly user: string; readonly encryptionKey: string; readonly signingKey: string; readonly charset: Charset };

export function sealMessage(message: string, call: string, keys: EnvelopeKeys): string {
  const { user, signingKey, charset } = keys;
  const encrypted = encrypt(message, keys);
  const signed = { FUN_CODE: call, USER_ID: user, REQ_ENCRYPTED: encrypted };
  const sign = signatureOf(signed, { signingKey, charset });
  const values = [['FUN_CODE', call], ['USER_ID', user], ['SIGN_TYPE', 'MD5'], ['SIGN', sign], ['REQ_ENCRYPTED', encrypted]] as const;
  return writeXml('ROOT', values.map(([path, text]) => ({ path, text })), 'cdata');
}

/** What the HIS is answered when it is the one who calls. */
export function sealAnswer(message: string, told: { readonly code: string; readonly text: string }, keys: EnvelopeKeys): string {
  const encrypted = encrypt(message, keys);
  const sign = signatureOf({ RETURN_CODE: told.code, RETURN_MSG: told.text, RES_ENCRYPTED: encrypted }, keys);
  const values = [['RETURN_CODE', told.code], ['RETURN_MSG', told.text], ['SIGN_TYPE', 'MD5'], ['SIGN', sign], ['RES_ENCRYPTED', encrypted]] as const;
  return writeXml('ROOT', values.map(([path, text]) => ({ path, text })), 'cdata');
}

export type OpenedCall = { readonly kind: 'opened'; readonly call: string; readonly message: string } | { readonly kind: 'garbled'; readonly reason: string };

/** What the HIS calls us with. Nothing of it is believed before its signature is verified. */
export function openCall(text: string, keys: EnvelopeKeys): OpenedCall {
  const read = readXml(text);
  if (read.kind === 'malformed' || read.root.name !== 'ROOT') return { kind: 'garbled', reason: 'no document ROOT' };
  const leaves = leavesOf(read.root);
  const valueOf = (name: string): string => leaves.get(name.toLowerCase()) ?? '';
  const signed = { FUN_CODE: valueOf('FUN_CODE'), USER_ID: valueOf('USER_ID'), REQ_ENCRYPTED: valueOf('REQ_ENCRYPTED') };
  if (valueOf('SIGN_TYPE').trim().toUpperCase() !== 'MD5' || !isSignature(valueOf('SIGN').trim(), signatureOf(signed, keys))) return { kind: 'garbled', reason: 'the signature is not the HIS\'s' };
  if (signed.USER_ID !== keys.user) return { kind: 'garbled', reason: 'another user' };
  const message = decrypt(signed.REQ_ENCRYPTED, keys);
  return message === undefined ? { kind: 'garbled', reason: 'cannot be decrypted' } : { kind: 'opened', call: signed.FUN_CODE, message };
}

export type OpenedEnvelope =
  /** @param message '' where the HIS sent none, as beside an error code */
  | { readonly kind: 'opened'; readonly code: string; readonly text: string; readonly message: string }
  | { readonly kind: 'garbled'; readonly reason: string };

export function openEnvelope(text: string, keys: EnvelopeKeys): OpenedEnvelope {
  const read = readXml(text);
  if (read.kind === 'malformed') return garbled(`the answer is no document: ${read.reason}`);
  if (read.root.name !== 'ROOT') return garbled(`the answer is a document ${read.root.name.slice(0, 60)}, not ROOT`);
  const leaves = leavesOf(read.root);
  const valueOf = (name: string): string => leaves.get(name.toLowerCase()) ?? '';
  const signed = { RETURN_CODE: valueOf('RETURN_CODE'), RETURN_MSG: valueOf('RETURN_MSG'), RES_ENCRYPTED: valueOf('RES_ENCRYPTED') };
  if (valueOf('SIGN_TYPE').trim().toUpperCase() !== 'MD5') return garbled('the answer is not signed with MD5');
  if (!/^[\w-]*$/.test(signed.RETURN_CODE.trim())) return garbled('the return code of the answer is none');
  // Platforms differ in whether a value that is empty takes part.
  const present = Object.fromEntries(Object.entries(signed).filter(([, value]) => value !== ''));
  if (![signed, present].some((values) => isSignature(valueOf('SIGN').trim(), signatureOf(values, keys)))) return garbled('the signature of the answer is not the HIS\'s');
  const message = signed.RES_ENCRYPTED === '' ? '' : decrypt(signed.RES_ENCRYPTED, keys);
  return message === undefined ? garbled('the answer cannot be decrypted') : { kind: 'opened', code: signed.RETURN_CODE.trim(), text: signed.RETURN_MSG, message };
}

/** MD5, upper-case hex, over `NAME=value&…&KEY=key`, sorted by name. */
export function signatureOf(values: Readonly<Record<string, string>>, { signingKey, charset }: Pick<EnvelopeKeys, 'signingKey' | 'charset'>): string {
  const sorted = Object.keys(values).sort().map((name) => `${name}=${values[name] ?? ''}`);
  return createHash('md5').update(encodeText([...sorted, `KEY=${signingKey}`].join('&'), charset)).digest('hex').toUpperCase();
}

function isSignature(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given.toUpperCase()), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function encrypt(message: string, { encryptionKey, charset }: EnvelopeKeys): string {
  const cipher = createCipheriv('aes-128-ecb', Buffer.from(encryptionKey, 'utf8'), null);
  return Buffer.concat([cipher.update(encodeText(message, charset)), cipher.final()]).toString('base64');
}

function decrypt(encrypted: string, { encryptionKey, charset }: EnvelopeKeys): string | undefined {
  const decipher = createDecipheriv('aes-128-ecb', Buffer.from(encryptionKey, 'utf8'), null);
  try {
    const decoded = decodeText(Buffer.concat([decipher.update(Buffer.from(encrypted, 'base64')), decipher.final()]), charset);
    return decoded.kind === 'text' ? decoded.text : undefined;
  } catch (error) {
    // OpenSSL's word for a wrong padding or length.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function garbled(reason: string): OpenedEnvelope {
  return { kind: 'garbled', reason };
}
