/** UnionPay's kinds of card (payCardType; card kind of the settlement file). For reports only. */
const CARD_KINDS: Readonly<Record<string, string>> = { '01': 'debit', '02': 'credit', '03': 'quasiCredit', '04': 'debitAndCredit', '05': 'prepaid', '06': 'semiOpenPrepaid' };

/** The kind of card and the number of its bank, as far as they were told. */
export function fundingOfCard({ kind = '', issuer = '' }: { readonly kind?: string | undefined; readonly issuer?: string | undefined }): string | undefined {
  const parts = [Object.hasOwn(CARD_KINDS, kind) ? CARD_KINDS[kind] : undefined, /^[0-9A-Za-z]{1,20}$/.test(issuer) ? issuer : undefined];
  const told = parts.filter((part) => part !== undefined);
  return told.length === 0 ? undefined : told.join('/');
}
