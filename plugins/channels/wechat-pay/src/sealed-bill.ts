import { createDecipheriv } from 'node:crypto';

import { Rsa } from 'wechatpay-axios-plugin';

import { downloadBill, hashOf, noBill, provenFile, type FetchBill } from './bill-file.js';
import { readJson, SealedBillAnswer } from './messages.js';
import type { AskWechatPay } from './verified-wire.js';
import type { Wire } from './wire.js';

const GCM_TAG_BYTES = 16;

/**
 * The bill of a sub-merchant comes encrypted to its service provider, in one or more parts (申请单个子商户资金账单): each part AES-256-GCM under a key of its own, which is
 * encrypted to the merchant's certificate (RSA-OAEP, SHA-1). That the nonce and the key are texts, and that no further data is authenticated, is read from
 * the fields there are; were it otherwise, the part would not open, and nothing of it would be used.
 */
export function createSealedBillFetcher({ wire, ask, merchantPrivateKeyPem }: { readonly wire: Wire; readonly ask: AskWechatPay; readonly merchantPrivateKeyPem: string }): FetchBill {
  return async (path, call) => {
    const answer = await ask('bill', { method: 'GET', path: `${path}&algorithm=AEAD_AES_256_GCM` }, call);
    if (answer.kind !== 'accepted') return noBill(answer);
    const bill = readJson(SealedBillAnswer, answer.body);
    const parts = bill?.download_bill_list.toSorted((left, right) => left.bill_sequence - right.bill_sequence) ?? [];
    const isWhole = parts.length === bill?.download_bill_count && parts.every(({ bill_sequence: sequence }, index) => sequence === index + 1);
    if (!isWhole) return { kind: 'unknown', reason: 'the answer does not name every part of the bill' };
    const opened: Buffer[] = [];
    for (const part of parts) {
      const file = await downloadBill(wire, part.download_url, call);
      if (file.kind !== 'bytes') return file;
      const plain = openPart(file.body, part, merchantPrivateKeyPem);
      if (plain === undefined) return { kind: 'unknown', reason: 'a part of the bill cannot be decrypted with the merchant private key' };
      const proven = await provenFile(plain, part.hash_value);
      if (proven.kind !== 'file') return proven;
      opened.push(proven.raw);
    }
    const raw = Buffer.concat(opened);
    return { kind: 'file', raw, sha256: await hashOf('sha256', raw) };
  };
}

function openPart(body: Buffer, { encrypt_key: sealedKey, nonce }: { readonly encrypt_key: string; readonly nonce: string }, privateKeyPem: string): Buffer | undefined {
  try {
    const key = Buffer.from(Rsa.decrypt(sealedKey, privateKeyPem), 'utf8');
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'utf8'));
    decipher.setAuthTag(body.subarray(body.length - GCM_TAG_BYTES));
    return Buffer.concat([decipher.update(body.subarray(0, body.length - GCM_TAG_BYTES)), decipher.final()]);
  } catch {
    // Another key, a forged or a damaged part: all mean that nothing of it may be used.
    return undefined;
  }
}
