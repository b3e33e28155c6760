import { verify, type KeyObject } from 'node:crypto';

import { rawMembers } from './answer-text.js';

/** Keys Alipay may have signed with. The certificate number is what the answer names, absent in key mode; the node is not to be believed yet. */
export type FindKeys = (certificateSn: string | undefined, node: string) => Promise<readonly KeyObject[]>;

export type Verdict = { readonly authentic: true; readonly node: string } | { readonly authentic: false; readonly reason: string };

/**
 * The raw text of the answer's one node, once its signature was found right: SHA256withRSA over exactly these characters. Refusals are signed like
 * everything else; what is not signed is believed by nobody.
 */
export async function authenticNode(text: string, method: string, findKeys: FindKeys): Promise<Verdict> {
  const members = rawMembers(text);
  if (members === undefined) return refuse('the answer is not one JSON object');
  const node = members.get(`${method.replaceAll('.', '_')}_response`) ?? members.get('error_response');
  const signature = stringOf(members.get('sign'));
  if (node === undefined) return refuse('the answer has no node of this operation');
  if (signature === undefined) return refuse('the answer is not signed');
  const keys = await findKeys(stringOf(members.get('alipay_cert_sn')), node);
  return isSignedBy(keys, node, signature) ? { authentic: true, node } : refuse('the signature does not match');
}

export function isSignedBy(keys: readonly KeyObject[], text: string, signatureBase64: string): boolean {
  const signature = Buffer.from(signatureBase64, 'base64');
  return keys.some((key) => verify('sha256', Buffer.from(text, 'utf8'), key, signature));
}

function stringOf(raw: string | undefined): string | undefined {
  return raw !== undefined && /^"[^"\\]*(?:\\\/[^"\\]*)*"$/.test(raw) ? raw.slice(1, -1).replaceAll('\\/', '/') : undefined;
}

function refuse(reason: string): Verdict {
  return { authentic: false, reason };
}
