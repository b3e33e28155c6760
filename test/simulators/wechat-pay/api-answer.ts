import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { ApiRefusal } from './api-refusal.js';
import type { ApiFault, ServerErrorStatus } from './fault-rules.js';
import type { PlatformKeys } from './merchant-credentials.js';
import { platformSignatureHeaders, type SignatureFlaw, type SigningMode } from './platform-signature.js';

/** What an operation answers before it is signed. Raw bytes (bill files) are never signed. */
export type Answer = {
  readonly status: number;
  readonly preciseCode: number;
  readonly content:
    | { readonly kind: 'json'; readonly value: Readonly<Record<string, unknown>> }
    | { readonly kind: 'empty' }
    | { readonly kind: 'unsignedBytes'; readonly bytes: Buffer; readonly type: string };
};

/** Where an answer goes and which key the merchant asked it to be signed with. */
export type AnswerPlace = { readonly response: ServerResponse; readonly mode: SigningMode };

export function jsonAnswer(value: Readonly<Record<string, unknown>>): Answer {
  return { status: 200, preciseCode: 0, content: { kind: 'json', value } };
}

export function emptyAnswer(): Answer {
  return { status: 204, preciseCode: 0, content: { kind: 'empty' } };
}

export function billAnswer(bytes: Buffer): Answer {
  const isZipped = bytes.readUInt16BE(0) === 0x1f8b;
  return { status: 200, preciseCode: 0, content: { kind: 'unsignedBytes', bytes, type: isZipped ? 'application/x-gzip' : 'text/plain' } };
}

/** The error body of a refusal; anything else that was thrown is a bug of the simulator and stays one. */
export function refusalAnswer(error: unknown): Answer {
  if (!(error instanceof ApiRefusal)) throw error;
  const { status, code, message, preciseCode, detail } = error;
  const value = detail === undefined ? { code, message } : { code, message, detail };
  return { status, preciseCode, content: { kind: 'json', value } };
}

/** Signs and writes answers, spoilt as a planted fault says. */
export class AnswerSender {
  readonly #keys: PlatformKeys;
  readonly #now: () => Date;

  constructor(options: { keys: PlatformKeys; now: () => Date }) {
    this.#keys = options.keys;
    this.#now = options.now;
  }

  send({ response, mode }: AnswerPlace, answer: Answer, fault?: ApiFault): void {
    const body = bodyOf(answer, fault);
    const isSigned = answer.content.kind !== 'unsignedBytes';
    const signing = { keys: this.#keys, mode, now: this.#now(), body, flaw: signatureFlawOf(fault) };
    response.writeHead(answer.status, {
      'Cache-Control': 'no-cache, must-revalidate',
      'Request-ID': `08${randomUUID().replaceAll('-', '').toUpperCase()}-${String(answer.preciseCode)}`,
      ...(isSigned ? platformSignatureHeaders(signing) : {}),
      ...contentHeaders(answer, body),
    });
    if (fault?.kind !== 'truncatedBody') {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      response.destroy();
    });
  }

  /** 500 is WeChat Pay's own, signed; the others are the page of a gateway before it. */
  sendServerError(place: AnswerPlace, status: ServerErrorStatus): void {
    if (status === 500) {
      this.send(place, refusalAnswer(new ApiRefusal({ status, code: 'SYSTEM_ERROR', message: '系统异常，请稍后重试' })));
      return;
    }
    const page = Buffer.from(`<html><head><title>${String(status)}</title></head><body>${String(status)} gateway error</body></html>`);
    place.response.writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': String(page.length) });
    place.response.end(page);
  }
}

const SIGNATURE_FLAWS: Readonly<Partial<Record<ApiFault['kind'], SignatureFlaw>>> = {
  badSignature: 'wrongKey',
  signatureProbe: 'probe',
  missingSignature: 'missing',
  staleSignature: 'stale',
  wrongSerial: 'wrongSerial',
};

function signatureFlawOf(fault: ApiFault | undefined): SignatureFlaw {
  return (fault === undefined ? undefined : SIGNATURE_FLAWS[fault.kind]) ?? 'none';
}

function bodyOf(answer: Answer, fault: ApiFault | undefined): Buffer {
  if (answer.content.kind === 'empty') return Buffer.alloc(0);
  if (fault?.kind === 'garbageBody') return Buffer.from('<html>这不是 JSON');
  return answer.content.kind === 'json' ? Buffer.from(JSON.stringify(answer.content.value)) : answer.content.bytes;
}

function contentHeaders(answer: Answer, body: Buffer): Record<string, string> {
  if (answer.content.kind === 'empty') return {};
  const type = answer.content.kind === 'json' ? 'application/json; charset=utf-8' : answer.content.type;
  return { 'Content-Type': type, 'Content-Length': String(body.length) };
}
