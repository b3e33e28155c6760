import { Type, type Static } from 'typebox';

export const SettingsSchema = Type.Object(
  { showsNetOnly: Type.Boolean({ title: '只显示净额 / Show the net alone', description: '院区日报不列收款与退款金额 / Leaves what was paid and refunded out of the days of a campus' }) },
  { additionalProperties: false },
);
export type Settings = Static<typeof SettingsSchema>;
