/** The shapes of the console API about arrivals (到账). */
import { Type } from 'typebox';
import { ARRIVAL_KINDS } from '../../../domain/arrival.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const SignedFen = Type.Integer({ description: '整数分，可为负 / Integer fen, may be negative' });
const Fen = Type.Integer({ minimum: 0, description: '整数分 / Integer fen' });
const Source = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64, description: '到账规则的来源：渠道或 deposits（现金送存）/ A channel, or deposits' });
const LineNo = Type.String({ minLength: 1, maxLength: 64 });

const ExpectedSchema = Type.Object(
  { source: Text, key: Text, day: Text, amountFen: SignedFen, account: Text, dueOn: Text, state: Type.Enum(['waiting', 'due', 'hung', 'unsettled'] as const, { description: 'waiting 未到期；due 应到账；hung 逾期挂账；unsettled 账单未核对' }) },
  named('ExpectedArrival'),
);
const LineSchema = Type.Object({ account: Text, bankLineNo: Text, day: Text, at: Text, amountFen: Fen, counterpartyLabel: Text, summary: Text, isHung: Type.Boolean(), source: Type.Optional(Text) }, named('ArrivedLine'));
export const ArrivalSchema = Type.Object(
  {
    arrivalNo: Text, kind: Type.Enum(ARRIVAL_KINDS, { description: 'matched 自动核对；assigned 人工认领；overdue 逾期挂账；unexpected 来款挂账' }), source: Text, account: Text, by: Text, reason: Text, at: Text, arrivedFen: Fen, expectedFen: SignedFen,
    lines: Type.Array(Type.Object({ bankLineNo: Text, day: Text, amountFen: Fen }, named('ArrivalLine'))), days: Type.Array(Type.Object({ key: Text, amountFen: SignedFen }, named('ArrivalDay'))),
  },
  named('Arrival'),
);
export const ArrivalListSchema = Type.Object({ expected: Type.Array(ExpectedSchema), lines: Type.Array(LineSchema), arrivals: Type.Array(ArrivalSchema) }, named('ArrivalList'));
export const ArrivalRunSchema = Type.Object({ told: Text }, named('ArrivalRun'));
export const ArrivalAssignmentSchema = Type.Object(
  {
    source: Source,
    lines: Type.Array(Type.Object({ bankLineNo: LineNo, amountFen: Fen }, named('AssignedLine')), { minItems: 1, maxItems: 50, description: '所见流水与金额 / As shown' }),
    days: Type.Array(Type.Object({ key: Type.String({ minLength: 1, maxLength: 64 }), amountFen: SignedFen }, named('AssignedDay')), { minItems: 1, maxItems: 50, description: '所见应到款与金额 / As shown' }),
    reason: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }),
  },
  named('ArrivalAssignment'),
);
