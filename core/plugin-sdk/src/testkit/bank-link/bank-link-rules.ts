import { BANK_STATEMENT_RULES } from './bank-statement-rules.js';
import type { BankLinkRule } from './bank-link-subject.js';
import { NEWS_RULES } from './news-rules.js';
import { RECEIPT_RULES } from './receipt-rules.js';
import { TRANSFER_RULES } from './transfer-rules.js';

/** Every rule of the bank-link contract. */
export const BANK_LINK_RULES: readonly BankLinkRule[] = [...TRANSFER_RULES, ...NEWS_RULES, ...BANK_STATEMENT_RULES, ...RECEIPT_RULES];
