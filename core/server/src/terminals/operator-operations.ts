/** Who works here (操作员登录): a challenge, a proof, and from then on every piece of business is written under that name. */
import { Type } from 'typebox';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { Counter, Operator } from '../users/ports.js';
import { closed, needsOperator, operation } from './operation.js';
import type { Terminal } from './ports.js';
import { CurrentOperatorSchema, OperatorChallengeSchema, OperatorViewSchema } from './counter-views.js';

const OperatorNo = Type.String({ minLength: 3, maxLength: 32 });
const Secret = Type.String({ minLength: 16, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' });

export const OPERATOR_OPERATIONS = {
  'operator.challenge': operation({
    request: Type.Object({ operatorNo: OperatorNo }, closed),
    reply: OperatorChallengeSchema,
    handle: ({ ports, terminal }, { operatorNo }) => atCounter(terminal, async (counter) => ok(await ports.operators.challenge(counter, operatorNo))),
  }),
  'operator.signIn': operation({
    request: Type.Object({ operatorNo: OperatorNo, nonce: Secret, proof: Secret }, closed),
    reply: OperatorViewSchema,
    handle: ({ ports, terminal }, request) =>
      atCounter(terminal, async (counter) => {
        const signedIn = await ports.operators.signIn(counter, request);
        return signedIn.kind === 'ok' ? ok(viewOperator(signedIn.value)) : signedIn;
      }),
  }),
  'operator.signOut': operation({
    request: Type.Object({}, closed),
    reply: CurrentOperatorSchema,
    handle: ({ ports, terminal }) =>
      atCounter(terminal, async (counter) => {
        await ports.operators.signOut(counter);
        return ok({});
      }),
  }),
  'operator.current': operation({
    request: Type.Object({ by: Type.Enum(['person', 'page'] as const) }, closed),
    reply: CurrentOperatorSchema,
    handle: ({ ports, terminal }, { by }) =>
      atCounter(terminal, async (counter) => {
        const operator = await ports.operators.current(counter, by);
        return ok(operator === undefined ? {} : { operator: viewOperator(operator) });
      }),
  }),
} as const;

async function atCounter({ deviceId, kind, key }: Terminal, act: (counter: Counter) => Promise<Outcome<object>>): Promise<Outcome<object>> {
  if (!needsOperator({ kind }) || key === undefined) return refused('NOT_PERMITTED', 'nobody signs in at a kiosk');
  return act({ deviceId, kind, key });
}

function viewOperator({ operatorNo, displayName, roles, signedInAt, idleSeconds }: Operator) {
  return { operatorNo, displayName, roles, signedInAt: signedInAt.toISOString(), idleSeconds };
}
