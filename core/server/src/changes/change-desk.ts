import { oneAfterAnother } from '@hospay/plugin-sdk';
import { shortened } from '../domain/bilingual.js';
import { CHANGE_STATE_WORDS, hashOf, type ChangeDecision, type ChangeProposal } from '../domain/change-proposal.js';
import { ok, reasonOf, refused, retold, type Outcome } from '../domain/errors.js';
import { redactText } from '../domain/sensitive.js';
import type { ChangeAct, ChangeAnswer, ChangeDesk, ChangePorts, ChangeResult } from './ports.js';

/** 变更申请 of one hospital. One thing at a time: what is shown, approved and made is one state. */
export function createChangeDesk(ports: ChangePorts): ChangeDesk {
  const { store, clock, audit, log } = ports;
  const inTurn = oneAfterAnother();
  const actOf = (kind: ChangeProposal['kind']): ChangeAct => {
    const act = ports.acts.find((one) => one.kind === kind);
    if (act === undefined) throw new Error(`nothing here makes a change of the kind ${kind}`);
    return act;
  };
  const expire = async (): Promise<number> => {
    const over = await store.expireBefore(clock.now());
    for (const { changeNo, subject } of over) await audit.record({ who: 'system', what: 'change.expire', object: `change ${changeNo}`, after: { subject } });
    return over.length;
  };
  return {
    request: ({ kind, content, reason, by }) => inTurn(async () => {
      await expire();
      const act = actOf(kind);
      const drawn = await act.draw(content);
      if (drawn.kind === 'refused') return drawn;
      const { subject, lines, levels, masked, holdsUntil, content: settled } = drawn.value;
      const now = clock.now();
      const latest = new Date(now.getTime() + ports.expiresAfterMs);
      const added = await store.add({
        change: { kind, subject, lines, levels, content: settled, contentHash: hashOf(masked), stateHash: hashOf(await act.present(settled)), reason, proposedBy: by },
        expiresAt: holdsUntil !== undefined && holdsUntil < latest ? holdsUntil : latest, now,
      });
      if (added.kind === 'waits') return refused('CONFLICT', { zh: `变更单 ${added.changeNo} 尚待审批，请先处理`, en: `${added.changeNo} waits for approval` });
      const { change } = added;
      await audit.record({ who: by, what: change.state === 'approved' ? 'change.direct' : 'change.propose', object: `change ${change.changeNo}`, after: { kind, subject, levels: change.levels, hash: change.hash }, reason });
      return change.state === 'approved' ? make(ports, act, change) : ok({ change });
    }),
    async list({ limit }) {
      await inTurn(expire);
      return { needsTwo: await store.needsTwo(), changes: await store.list(limit) };
    },
    async decide({ changes, isApproved, reason, by }) {
      const results: ChangeResult[] = [];
      for (const { changeNo, hash } of changes) {
        const decided = await inTurn(() => decideOne(ports, actOf, { changeNo, hash, isApproved, reason, by, now: clock.now() }));
        results.push(decided.kind === 'ok' ? { changeNo, change: decided.value } : { changeNo, refused: decided });
      }
      return results;
    },
    carryOut: ({ changeNo, by }) => inTurn(async () => {
      const change = await store.find(changeNo);
      if (change === undefined) return refused('NO_SUCH_ITEM', changeNo);
      if (change.state !== 'approved') return refused('CONFLICT', { zh: `变更单${CHANGE_STATE_WORDS[change.state]}`, en: `it is ${change.state}` });
      await audit.record({ who: by, what: 'change.carryOut', object: `change ${changeNo}`, after: { subject: change.subject } });
      const made = await make(ports, actOf(change.kind), change, true);
      return made.kind === 'ok' ? ok(made.value.change) : made;
    }),
    expireOld: () => inTurn(expire),
    resume: (only) => inTurn(async () => {
      await expire();
      for (const change of await store.approved()) {
        if (only !== undefined && change.kind !== only) continue;
        try {
          await make(ports, actOf(change.kind), change, true);
        } catch (error) {
          log.error('an approved change was not made; it is tried again at the next start', { change: change.changeNo, error });
        }
      }
    }),
  };
}

async function decideOne(ports: ChangePorts, actOf: (kind: ChangeProposal['kind']) => ChangeAct, decision: ChangeDecision): Promise<Outcome<ChangeProposal>> {
  const { store, audit } = ports;
  const { changeNo, isApproved, by, reason } = decision;
  const found = await store.find(changeNo);
  if (found === undefined) return refused('NO_SUCH_ITEM', changeNo);
  // The same decision by the same person again is the same answer.
  if (found.decidedBy === by && (isApproved ? ['approved', 'applied'] : ['refused']).includes(found.state)) return ok(found);
  const act = actOf(found.kind);
  const content = await store.contentOf(changeNo);
  const decided = await store.decide({
    ...decision,
    async recheck({ stateHash, contentHash }) {
      if (hashOf(await act.present(content)) !== stateHash) return ok('moved');
      const drawn = await act.draw(content);
      return drawn.kind === 'refused' ? drawn : ok(hashOf(drawn.value.masked) === contentHash ? 'same' : 'moved');
    },
  });
  if (decided.kind === 'refused') return decided;
  const { state, subject, hash } = decided.value;
  if (state === 'superseded') {
    await audit.record({ who: 'system', what: 'change.supersede', object: `change ${changeNo}`, after: { subject }, reason: 'what it would replace has moved' });
    return refused('APPROVAL_OVER', { zh: '现状已变，与申请时所示不同；请重新提交变更申请', en: 'moved: what it would replace is not what was shown any more; propose it again' });
  }
  await audit.record({ who: by, what: isApproved ? 'change.approve' : 'change.refuse', object: `change ${changeNo}`, after: { subject, state, hash }, reason });
  if (state !== 'approved') return decided;
  const made = await make(ports, act, decided.value);
  return made.kind === 'ok' ? ok(made.value.change) : made;
}

/** Makes what is approved. `isAgain`: the power may have gone in between, and what is made already is only written down. */
async function make({ store, clock, audit }: ChangePorts, act: ChangeAct, change: ChangeProposal, isAgain = false): Promise<Outcome<ChangeAnswer>> {
  const { changeNo, kind, subject } = change;
  const content = await store.contentOf(changeNo);
  const made = isAgain && (await act.isDone(content)) ? ok({}) : await act.apply(content, change);
  const error = made.kind === 'ok' ? undefined : shortened(reasonOf(retold(made, redactText)), 500);
  await store.end(changeNo, { state: made.kind === 'ok' ? 'applied' : 'failed', error, now: clock.now() });
  await audit.record({ who: change.proposedBy, what: made.kind === 'ok' ? 'change.apply' : 'change.fail', object: `change ${changeNo}`, after: { kind, subject, approvedBy: change.decidedBy, ...(error === undefined ? {} : { error: error.en }) } });
  return made.kind === 'refused' ? made : ok({ change: (await store.find(changeNo)) ?? change, result: made.value });
}
