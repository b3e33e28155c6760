import { definePlugin } from '@hospay/plugin-sdk';

import { createCredentialList } from './credentials.js';
import { createIsoLink } from './iso-link.js';
import { IsoSettingsSchema } from './settings.js';

export { IsoSettingsSchema, type IsoSettings } from './settings.js';

export default definePlugin({
  settings: IsoSettingsSchema,
  activate(context) {
    const { baseUrl, clientCertificatePem, clientKeyPem } = context.settings;
    if ((clientCertificatePem === undefined) !== (clientKeyPem === undefined)) throw new Error('settings.clientCertificatePem and settings.clientKeyPem come together');
    if (baseUrl.startsWith('https:') && clientCertificatePem === undefined) throw new Error('settings.clientCertificatePem is needed: the bank must know who pays');
    return { bankLinks: { iso20022: { ...createIsoLink(context), listCredentials: createCredentialList(context.settings) } } };
  },
});
