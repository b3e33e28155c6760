import type { ErrorAnswer } from './console-api';

/** What the platform refused, or why it could not be reached. Decide by `code`; show the texts. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly code: string;
  readonly error: ErrorAnswer['error'];

  constructor(error: ErrorAnswer['error']) {
    super(error.code);
    this.code = error.code;
    this.error = error;
  }
}

/** For faults between the browser and the platform: they have no request number. */
export const UNREACHABLE: ErrorAnswer['error'] = {
  code: 'UNREACHABLE', zh: '无法连接平台', en: 'The platform cannot be reached', nextZh: '检查网络后重试；如持续出现请联系信息科', nextEn: 'Check the network and retry; if it stays, call the IT office', requestId: '',
};
export const UNREADABLE: ErrorAnswer['error'] = {
  code: 'UNREADABLE_ANSWER', zh: '平台应答无法识别', en: 'The answer cannot be read', nextZh: '刷新页面；平台可能刚刚升级', nextEn: 'Reload the page; the platform may have been updated', requestId: '',
};

export function asFailure(error: unknown): CallFailure {
  return error instanceof CallFailure ? error : new CallFailure({ ...UNREADABLE, detail: error instanceof Error ? error.message : String(error) });
}
