import { describeCertificates, type Credential, type HoldingCredentials } from '@hospay/plugin-sdk';
import type { Settings } from './settings.js';

/** The authority the server's certificate is held against. When it has run out, no connection is made any more. */
export function createCredentialList({ caPem }: Settings): NonNullable<HoldingCredentials['listCredentials']> {
  const use = { zh: '与医院信息系统数据库的加密连接：缴费、确认、退费', en: 'the encrypted line to the HIS database: bills, confirmations, refunds' };
  const credentials = (caPem === undefined ? [] : describeCertificates(caPem)).map(
    (facts, index): Credential => ({ ...facts, name: index === 0 ? 'caPem' : `caPem/${String(index + 1)}`, title: { zh: 'HIS 数据库根证书', en: 'CA of the HIS database' }, use, holder: 'theirs', group: 'caPem' }),
  );
  return () => Promise.resolve({ kind: 'credentials', credentials });
}
