import { Type } from 'typebox';
import { ERRORS, type ErrorCode, type Refused } from '../../../domain/errors.js';
import { json, type Answer } from './answer.js';

/** How every refusal looks, whatever the operation. */
export const ErrorAnswerSchema = Type.Object(
  {
    error: Type.Object(
      {
        code: Type.String({ description: 'The contract: decide by it, never by the texts' }),
        zh: Type.String(),
        en: Type.String(),
        nextZh: Type.String({ description: '下一步' }),
        nextEn: Type.String({ description: 'What to do next' }),
        detail: Type.Optional(Type.String({ description: 'For the developer or operator: where and why' })),
        requestId: Type.String(),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'ErrorAnswer' },
);

/** Seconds after which a caller who asked too often, or met a pause, may try again. */
const RETRY_AFTER: Partial<Record<ErrorCode, string>> = { TOO_MANY_REQUESTS: '1', HIS_UNAVAILABLE: '5', STORE_UNAVAILABLE: '10' };

export function errorAnswer(refusal: Refused, requestId: string): Answer {
  const { httpStatus, ...text } = ERRORS[refusal.code];
  const retryAfter = RETRY_AFTER[refusal.code];
  return json(
    { error: { code: refusal.code, ...text, ...(refusal.detail === undefined ? {} : { detail: refusal.detail }), requestId } },
    httpStatus,
    { 'cache-control': 'no-store', ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) },
  );
}
