import { Type } from 'typebox';
import { ERRORS, type ErrorCode, type Refused } from '../../../domain/errors.js';
import { json, type Answer } from './answer.js';

/** A refusal, alone or among the results of several. */
export const RefusalShape = {
  code: Type.String({ description: 'The contract: decide by it, never by the texts' }),
  zh: Type.String(),
  en: Type.String(),
  nextZh: Type.String({ description: '下一步' }),
  nextEn: Type.String({ description: 'What to do next' }),
  detail: Type.Optional(Type.String({ description: 'For the developer or operator: where and why' })),
  detailZh: Type.Optional(Type.String({ description: '原因（中文）；纯技术信息没有中文 / The same in Chinese; what is only technical has none' })),
} as const;

/** How every refusal looks, whatever the operation. */
export const ErrorAnswerSchema = Type.Object(
  { error: Type.Object({ ...RefusalShape, requestId: Type.String() }, { additionalProperties: false }) },
  { additionalProperties: false, title: 'ErrorAnswer' },
);

/** Seconds after which a caller who asked too often, or met a pause, may try again. */
const RETRY_AFTER: Partial<Record<ErrorCode, string>> = { TOO_MANY_REQUESTS: '1', HIS_UNAVAILABLE: '5', STORE_UNAVAILABLE: '10' };

/** Its code, the texts of the code and its own, in both languages as far as it has them. */
export function viewRefusal({ code, detail, detailZh }: Refused) {
  const { httpStatus: _status, ...text } = ERRORS[code];
  return { code, ...text, ...(detail === undefined ? {} : { detail }), ...(detailZh === undefined ? {} : { detailZh }) };
}

export function errorAnswer(refusal: Refused, requestId: string): Answer {
  const { httpStatus } = ERRORS[refusal.code];
  const retryAfter = RETRY_AFTER[refusal.code];
  return json(
    { error: { ...viewRefusal(refusal), requestId } },
    httpStatus,
    { 'cache-control': 'no-store', ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) },
  );
}
