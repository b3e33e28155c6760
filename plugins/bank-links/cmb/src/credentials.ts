import { describeSm2PublicKey, type HoldingCredentials } from '@hospay/plugin-sdk';

import type { CmbSettings } from './settings.js';

/** Every key between the hospital and the bank. The private key and the cipher's key are described by the host. */
export function createCredentialList({ userId, bankPublicKey }: Pick<CmbSettings, 'userId' | 'bankPublicKey'>): HoldingCredentials['listCredentials'] {
  return async () => Promise.resolve({
    kind: 'credentials',
    credentials: [
      { name: 'signingPrivateKey', title: { zh: '云直联 SM2 私钥', en: 'SM2 private key of the bank link' }, use: { zh: '每一条付款指令与查询的签名', en: 'signs every instruction and question' }, holder: 'ours', kind: 'privateKey' },
      { name: 'symmetricKey', title: { zh: '云直联 SM4 密钥', en: 'SM4 key of the bank link' }, use: { zh: '报文加密', en: 'seals messages' }, holder: 'ours', kind: 'sharedSecret', serial: userId },
      { name: 'bankPublicKey', title: { zh: '招商银行 SM2 公钥', en: 'SM2 public key of the bank' }, use: { zh: '验证银行的应答', en: 'verifies answers of the bank' }, holder: 'theirs', ...describeSm2PublicKey(bankPublicKey) },
    ],
  });
}
