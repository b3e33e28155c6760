import { describeCertificate, type HoldingCredentials } from '@hospay/plugin-sdk';

import type { IsoSettings } from './settings.js';

const USE = { zh: '向银行证明本院身份（TLS 客户端证书）', en: 'proves the hospital to the bank (TLS client certificate)' };

/** The certificate by which the bank knows the hospital, and its key. */
export function createCredentialList({ clientCertificatePem }: IsoSettings): HoldingCredentials['listCredentials'] {
  return async () => Promise.resolve({
    kind: 'credentials',
    credentials: clientCertificatePem === undefined ? [] : [
      { name: 'clientCertificatePem', title: { zh: '银企直联客户端证书', en: 'Client certificate of the bank link' }, use: USE, holder: 'ours', ...describeCertificate(clientCertificatePem), belongsTo: 'clientKeyPem' },
      { name: 'clientKeyPem', title: { zh: '银企直联客户端私钥', en: 'Key of the client certificate' }, use: USE, holder: 'ours', kind: 'privateKey' },
    ],
  });
}
