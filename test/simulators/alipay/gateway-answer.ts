import { sign, type KeyObject } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { sendBody } from '../machinery/answer-faults.js';
import type { ApiFault } from './fault-rules.js';
import type { PlatformKeys } from './platform-keys.js';
import { messageOf, Refusal } from './refusal.js';
import type { SigningMode } from './simulated-records.js';

export type Node = Readonly<Record<string, unknown>>;

export function acceptedNode(fields: Node, code: '10000' | '10003' = '10000'): Node {
  return { code, msg: code === '10000' ? 'Success' : 'order success pay inprocess', ...fields };
}

/** Anything else that was thrown is a bug of the simulator and stays one. */
export function refusedNode(error: unknown): Node {
  if (!(error instanceof Refusal)) throw error;
  return { code: error.code, msg: messageOf(error.code), ...(error.subCode === undefined ? {} : { sub_code: error.subCode, sub_msg: error.message }) };
}

export const SYSTEM_ERROR: Node = { code: '20000', msg: messageOf('20000'), sub_code: 'aop.unknow-error', sub_msg: '系统繁忙' };

/** Signs answers over the raw text of their node, spoilt as a planted fault says. */
export class AnswerSender {
  readonly #keys: PlatformKeys;
  /** Which of Alipay's certificates is in use. */
  certificateIndex = 0;

  constructor(keys: PlatformKeys) {
    this.#keys = keys;
  }

  keyOf(mode: SigningMode): { readonly key: KeyObject; readonly certificateSn: string | undefined } {
    if (mode === 'publicKey') return { key: this.#keys.publicKeyModeKey, certificateSn: undefined };
    const certificate = this.#keys.certificates[this.certificateIndex];
    if (certificate === undefined) throw new Error('there is no such certificate');
    return { key: certificate.key, certificateSn: certificate.sn };
  }

  send(to: { readonly response: ServerResponse; readonly method: string; readonly mode: SigningMode }, node: Node, fault?: ApiFault): void {
    const { response, method, mode } = to;
    const body = Buffer.from(this.#bodyOf({ method, mode, node, fault }), 'utf8');
    sendBody(response, { body, contentType: 'text/html;charset=utf-8', fault });
  }

  #bodyOf({ method, mode, node, fault }: { readonly method: string; readonly mode: SigningMode; readonly node: Node; readonly fault: ApiFault | undefined }): string {
    const { key, certificateSn } = this.keyOf(mode);
    const fields = fault?.kind === 'otherFields' ? { ...node, ...fault.fields } : fault?.kind === 'garbageNode' ? garbageOf(node) : node;
    // Alipay escapes slashes in what it signs.
    const text = JSON.stringify(fields).replaceAll('/', '\\/');
    const signature = sign('sha256', Buffer.from(text, 'utf8'), fault?.kind === 'badSignature' ? this.#keys.forgersKey : key).toString('base64');
    const shown = fault?.kind === 'rewrittenNode' ? text.replace('{', '{ ') : text;
    const sn = fault?.kind === 'unknownCertificate' ? 'f'.repeat(32) : certificateSn;
    return `{"${method.replaceAll('.', '_')}_response":${shown}${sn === undefined ? '' : `,"alipay_cert_sn":"${sn}"`}${fault?.kind === 'missingSignature' ? '' : `,"sign":"${signature}"`}}`;
  }
}

/** Nothing of it is of the documented type. */
function garbageOf(node: Node): Node {
  const wrong = Object.fromEntries(Object.keys(node).map((name) => [name, { nobody: 'knows this' }] as const));
  return { ...wrong, out_trade_no: 7, refund_status: 7, code: '10000', msg: 'Success' };
}
