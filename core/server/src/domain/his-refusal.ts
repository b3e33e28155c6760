import type { HisResult } from '@hospay/plugin-sdk';
import { quoted } from './bilingual.js';
import { refused, type Refused } from './errors.js';
import { heard } from './own-words.js';

/** What the caller of a question to the HIS is told when it was not answered. Nothing was lost: it may simply be asked again. */
export function hisRefusal(result: Exclude<HisResult<unknown>, { kind: 'ok' }>): Refused {
  if (result.kind === 'unknown') return refused('HIS_UNAVAILABLE', heard(result.reason));
  return refused('HIS_REJECTED', quoted(`${result.code} ${result.message}`));
}
