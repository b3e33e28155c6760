import { ANSWER_RULES } from './answer-rules.js';
import type { ChannelRule } from './channel-subject.js';
import { CHARGE_RULES } from './charge-rules.js';
import { CLOSE_RULES } from './close-rules.js';
import { DEATH_RULES } from './death-rules.js';
import { NOTIFICATION_RULES } from './notification-rules.js';
import { PROBE_RULES } from './probe-rules.js';
import { REFUND_RULES } from './refund-rules.js';
import { STATEMENT_RULES } from './statement-rules.js';
import { TIME_RULES } from './time-rules.js';

/** Every rule a payment channel keeps, each with an id that stays, so that reports can be compared. */
export const CHANNEL_RULES: readonly ChannelRule[] = [
  ...CHARGE_RULES,
  ...CLOSE_RULES,
  ...REFUND_RULES,
  ...ANSWER_RULES,
  ...PROBE_RULES,
  ...NOTIFICATION_RULES,
  ...STATEMENT_RULES,
  ...DEATH_RULES,
  ...TIME_RULES,
];
