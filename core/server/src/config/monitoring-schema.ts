import { Type, type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const Severity = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)], { description: '1 urgent 紧急, 2 important 重要, 3 to know 提示' });
const HoldSeconds = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400, description: `${description}, in seconds` }));

const RuleSchema = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'false switches the rule off' })),
    severity: Type.Optional(Severity),
    raise: Type.Optional(Type.Number({ minimum: 0, description: 'the value from which on it is wrong, in the unit of its measure' })),
    clear: Type.Optional(Type.Number({ minimum: 0, description: 'the value from which on it is well again' })),
    raiseAfterSeconds: HoldSeconds('how long it must be wrong'),
    clearAfterSeconds: HoldSeconds('how long it must be well'),
  },
  closed,
);

/** 监控: alarm rules of this hospital where they differ from the shipped ones. */
export const MonitoringSchema = Type.Object(
  {
    sampleSeconds: Type.Integer({ minimum: 2, maximum: 60, description: 'how often rules are evaluated' }),
    rules: Type.Record(Type.String(), RuleSchema, { description: '告警规则, by the id of a rule in core/docs/alarm-rules.md: what is given here stands in the place of what is shipped' }),
  },
  { ...closed, description: '监控与告警' },
);
export type MonitoringConfiguration = Static<typeof MonitoringSchema>;
