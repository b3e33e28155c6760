import { BANK_LINK_RULES } from '@hospay/plugin-sdk/testkit';

/** Every rule of the facet that fetches receipts, with why a link has no such facet. */
export function withoutReceipts(reason: string): Record<string, string> {
  return Object.fromEntries(BANK_LINK_RULES.filter(({ id }) => id.startsWith('receipt.')).map(({ id }) => [id, reason]));
}
