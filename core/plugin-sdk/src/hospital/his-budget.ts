/** How an adapter's budget for its HIS stands: what was asked, turned away and waits, by class of work. For monitoring. */
import { Type, type Static } from 'typebox';

const Count = Type.Integer({ minimum: 0 });
const closed = { additionalProperties: false } as const;

export const HisBudgetSchema = Type.Object(
  {
    classes: Type.Array(
      Type.Object(
        {
          /** bookings, questions, reads …: work that shares a breaker. */
          name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,31}$' }),
          /** Asked for since the adapter started, whatever became of it. */
          calls: Count,
          /** Turned away at once, because the queue was full or the breaker open: nothing was sent. */
          refused: Count,
          /** Waited until their deadline, or until nobody wanted them any more: nothing was sent. */
          expired: Count,
          /** Sent, and not answered in time. */
          timedOut: Count,
          /** Sent, and without a usable answer, those not answered in time among them. */
          failed: Count,
          inFlight: Count,
          /** Wait for a place now. */
          waiting: Count,
          /** The breaker lets nothing through but a probe. */
          isOpen: Type.Boolean(),
        },
        closed,
      ),
      { maxItems: 20 },
    ),
  },
  closed,
);
export type HisBudget = Static<typeof HisBudgetSchema>;
export type HisBudgetClass = HisBudget['classes'][number];

/** Answered from memory: it is asked every few seconds, above all while the HIS does not answer. */
export type TellingBudget = { readBudget(): Promise<HisBudget> };
