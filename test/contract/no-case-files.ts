import type { CaseFiles } from '@hospay/server/cases/ports.js';

/** For tests in which nobody files anything. */
export const NO_CASE_FILES: CaseFiles = { keep: () => Promise.reject(new Error('nothing is filed here')), open: () => Promise.resolve(undefined) };
