import { Type, type Static } from 'typebox';

export const AgreementGatewaySettingsSchema = Type.Object(
  {
    merchantNo: Type.String({ title: '商户号 / Merchant number', minLength: 1, maxLength: 32 }),
    baseUrl: Type.String({ title: '网关地址 / Gateway address', pattern: '^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))', maxLength: 200 }),
    signatureAlgorithm: Type.Optional(Type.Enum(['RSA-SHA256', 'SM2-SM3'] as const, { title: '签名算法 / Signature', description: '双方同一算法 / the same both ways', default: 'RSA-SHA256' })),
    merchantPrivateKeyPem: Type.Optional(Type.String({ title: '商户签名私钥（RSA） / Merchant signing key', description: 'RSA 密钥，PEM 格式 / RSA, PEM', minLength: 100, maxLength: 8192, 'x-secret': true })),
    gatewayPublicKeyPem: Type.Optional(Type.String({ title: '网关验签公钥（RSA） / Gateway signature key', description: 'RSA 密钥，PEM 格式 / RSA, PEM', minLength: 100, maxLength: 8192 })),
    merchantSm2PrivateKey: Type.Optional(Type.String({ title: '商户签名私钥（SM2） / Merchant SM2 key', description: '32 字节，十六进制或 base64 / 32 bytes, hex or base64', pattern: '^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$', 'x-secret': true })),
    gatewaySm2PublicKey: Type.Optional(Type.String({ title: '网关验签公钥（SM2） / Gateway SM2 key', description: '65 字节，十六进制或 base64 / 65 bytes, hex or base64', pattern: '^(04[0-9A-Fa-f]{128}|[A-Za-z0-9+/]{87}=)$' })),
    gatewayEncryptionKeyPem: Type.String({ title: '网关加密公钥 / Gateway encryption key', description: '四要素逐字段加密 / the four elements are encrypted to it, field by field', minLength: 100, maxLength: 8192 }),
  },
  { additionalProperties: false },
);
export type AgreementGatewaySettings = Static<typeof AgreementGatewaySettingsSchema>;
