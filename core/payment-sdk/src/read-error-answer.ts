import { unknownResult, type ApiResult } from './api-result.js';

/**
 * Not definite, although they have a code: after an internal or a store error the request may have got as far as the channel; and a request of ours
 * that counts as a replay was sent a second time by something in between (a proxy), so the first may have been carried out.
 */
const INDEFINITE: ReadonlySet<string> = new Set(['INTERNAL', 'STORE_UNAVAILABLE', 'REPLAYED']);

/** A refusal of the platform is definite, with few exceptions; a page of something in between is not. */
export function readErrorAnswer(httpStatus: number, bytes: Uint8Array): ApiResult<never> {
  const error = errorIn(bytes);
  if (error === undefined) return unknownResult(`HTTP ${String(httpStatus)} with an answer of another shape`);
  const { code, zh, en, nextZh, nextEn, detail, detailZh, requestId } = error;
  if (code === undefined || INDEFINITE.has(code)) return unknownResult(`HTTP ${String(httpStatus)} ${code ?? 'without a code'}, request ${requestId ?? 'unknown'}`);
  return {
    kind: 'refused',
    error: { code, zh: zh ?? '', en: en ?? '', nextZh: nextZh ?? '', nextEn: nextEn ?? '', ...(detail === undefined ? {} : { detail }), ...(detailZh === undefined ? {} : { detailZh }), requestId: requestId ?? '', httpStatus },
  };
}

function errorIn(bytes: Uint8Array): Partial<Record<string, string>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('error' in value) || typeof value.error !== 'object' || value.error === null) return undefined;
  return Object.fromEntries(Object.entries(value.error).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
