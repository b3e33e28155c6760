import { Type, type Static } from 'typebox';

export const AgreementGatewaySettingsSchema = Type.Object(
  {
    merchantNo: Type.String({ title: '商户号 / Merchant number', minLength: 1, maxLength: 32 }),
    baseUrl: Type.String({ title: '网关地址 / Gateway address', pattern: '^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))', maxLength: 200 }),
    merchantPrivateKeyPem: Type.String({ title: '商户签名私钥 / Merchant signing key', description: 'RSA, PEM', minLength: 100, maxLength: 8192, 'x-secret': true }),
    gatewayPublicKeyPem: Type.String({ title: '网关验签公钥 / Gateway signature key', description: 'RSA, PEM', minLength: 100, maxLength: 8192 }),
    gatewayEncryptionKeyPem: Type.String({ title: '网关加密公钥 / Gateway encryption key', description: '四要素逐字段加密 / the four elements are encrypted to it, field by field', minLength: 100, maxLength: 8192 }),
  },
  { additionalProperties: false },
);
export type AgreementGatewaySettings = Static<typeof AgreementGatewaySettingsSchema>;
