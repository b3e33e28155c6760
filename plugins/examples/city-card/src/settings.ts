import { Type, type Static } from 'typebox';

export const CityCardSettingsSchema = Type.Object(
  {
    merchantNo: Type.String({ title: '商户号 / Merchant number', minLength: 1, maxLength: 32 }),
    baseUrl: Type.String({ title: '接口地址 / API address', pattern: '^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))', maxLength: 200 }),
    key: Type.String({ title: '密钥 / Key', minLength: 16, maxLength: 128, 'x-secret': true }),
  },
  { additionalProperties: false },
);
export type CityCardSettings = Static<typeof CityCardSettingsSchema>;
