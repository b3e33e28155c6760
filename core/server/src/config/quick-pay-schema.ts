import { Type } from 'typebox';

/** 快捷支付: limits of bound cards and of payments without a password. */
export const QuickPaySchema = Type.Object(
  {
    mostCards: Type.Integer({ minimum: 1, maximum: 20, description: 'cards one holder may have bound at a time' }),
    mostCodesPerHour: Type.Integer({ minimum: 1, maximum: 100, description: 'codes one holder may ask for within an hour, for bindings and for checks of the holder each' }),
    passwordlessFen: Type.Integer({ minimum: 0, maximum: 100_000, description: '小额免密: up to this a payment needs no password, in fen; 0: every one does. Never the first with a card' }),
    passwordlessPerDayFen: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'and no more than this in one Beijing day, in fen; attempts that were refused count too' }),
  },
  { additionalProperties: false, description: '快捷支付' },
);
