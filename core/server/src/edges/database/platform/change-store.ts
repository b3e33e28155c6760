import { literal, Op, type Sequelize, type Transaction } from 'sequelize';
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import { readBilingual, writeBilingual } from '../../../domain/bilingual.js';
import { ACCOUNT_RESTS_MS, CHANGE_KINDS, CHANGE_STATE_WORDS, CHANGE_STATES, hashOfChange, isLastChangeApproval, isOpenChange, whyNotDecideChange, type ChangeProposal, type ChangeStore } from '../../../domain/change-proposal.js';
import { ok, refused } from '../../../domain/errors.js';
import { redactText } from '../../../domain/sensitive.js';
import type { ChangeModels, ChangeProposalRow } from './change-models.js';
import type { Models } from './models.js';
import type { SecretBox } from './secret-box.js';

const LinesSchema = Type.Array(Type.Object({ name: Type.String(), before: Type.Optional(Type.String()), after: Type.Optional(Type.String()) }));
const OPEN = ['proposed', 'firstApproved'];

/** Proposed changes. Every transaction is begun as a writer, so what it reads is what it writes on. */
export function changeStore(sequelize: Sequelize, { proposals, decisions, control }: ChangeModels, { auditEvents }: Pick<Models, 'auditEvents'>, hospital: string, box: SecretBox): ChangeStore {
  const place = (changeNo: string) => `change_proposal.contentSealed ${changeNo}`;
  const rowOf = async (changeNo: string, transaction?: Transaction) => (await proposals.findOne({ where: { hospital, changeNo }, transaction: transaction ?? null }))?.get();
  const needsTwo = async (transaction?: Transaction) => (await control.findOne({ where: { hospital }, transaction: transaction ?? null })) !== null;
  const expired = async (now: Date, transaction: Transaction): Promise<readonly ChangeProposal[]> => {
    const over = await proposals.findAll({ where: { hospital, state: { [Op.in]: OPEN }, expiresAt: { [Op.lte]: now } }, transaction });
    for (const row of over) await proposals.update({ state: 'expired', endedAt: now, contentSealed: null }, { where: { id: row.get().id }, transaction });
    return over.map((row) => asChange(row.get()));
  };
  /** Who of these made the account of the one who decides, since there are two persons, as the audit log has it. */
  const makerOf = async (by: string, people: readonly string[], now: Date, transaction: Transaction): Promise<string | undefined> => {
    const since = (await control.findOne({ where: { hospital }, transaction }))?.get().since ?? now;
    const from = new Date(Math.max(since.getTime(), now.getTime() - ACCOUNT_RESTS_MS));
    const acts = await auditEvents.findAll({ where: { at: { [Op.gt]: from.toISOString() }, what: { [Op.in]: ['user.add', 'user.change', 'user.resetPassword'] }, object: redactText(`user ${by}`), who: { [Op.in]: people.map(redactText) } }, transaction });
    return acts.map((row) => row.get()).find(({ what, after }) => what !== 'user.change' || /"(roles|status)":/.test(after ?? ''))?.who;
  };
  return {
    needsTwo: () => needsTwo(),
    add: ({ change: { content, ...change }, expiresAt, now }) =>
      sequelize.transaction(async (transaction) => {
        const waiting = await proposals.findOne({ where: { hospital, subject: change.subject, state: { [Op.in]: [...OPEN, 'approved'] } }, transaction });
        if (waiting !== null) return { kind: 'waits', changeNo: waiting.get().changeNo };
        const isDirect = !(await needsTwo(transaction));
        const changeNo = `BG${String((await proposals.count({ where: { hospital }, transaction })) + 1).padStart(8, '0')}`;
        const levels = isDirect ? 0 : change.levels;
        const created = await proposals.create({
          ...change, hospital, changeNo, levels, hash: hashOfChange(changeNo, { ...change, levels }), lines: JSON.stringify(change.lines), contentSealed: box.seal(JSON.stringify(content), place(changeNo)), proposedAt: now, expiresAt,
          state: isDirect ? 'approved' : 'proposed', firstApprovedBy: null, decidedBy: null, decidedAt: isDirect ? now : null, endedAt: null, error: null,
        }, { transaction });
        return { kind: 'added', change: asChange(created.get()) };
      }),
    async find(changeNo) {
      const found = await rowOf(changeNo);
      return found === undefined ? undefined : asChange(found);
    },
    async list(limit) {
      return (await proposals.findAll({ where: { hospital }, order: [[literal("state IN ('proposed', 'firstApproved', 'approved')"), 'DESC'], ['id', 'DESC']], limit })).map((row) => asChange(row.get()));
    },
    async waitingSince(now) {
      // In the words of the index change_proposal_open too, so that SQLite looks at the few open ones alone.
      const open = [literal("state IN ('proposed', 'firstApproved', 'approved')"), { state: { [Op.in]: OPEN } }];
      return (await proposals.findOne({ attributes: ['proposedAt'], where: { hospital, [Op.and]: open, expiresAt: { [Op.gt]: now } }, order: ['proposedAt'] }))?.get().proposedAt;
    },
    async contentOf(changeNo) {
      const sealed = (await rowOf(changeNo))?.contentSealed ?? undefined;
      const content: unknown = sealed === undefined ? undefined : JSON.parse(box.open(sealed, place(changeNo)).toString('utf8'));
      return content;
    },
    decide: ({ changeNo, hash, isApproved, reason, by, now, recheck }) =>
      sequelize.transaction(async (transaction) => {
        const row = await rowOf(changeNo, transaction);
        if (row === undefined) return refused('NO_SUCH_ITEM', changeNo);
        const change = asChange(row);
        const why = whyNotDecideChange(change, { hash, isApproved, by, now });
        if (why !== undefined) return refused(why, isOpenChange(change) ? undefined : { zh: `变更单${CHANGE_STATE_WORDS[change.state]}`, en: `it is ${change.state}` });
        const where = { where: { id: row.id }, transaction };
        if (isApproved) {
          const maker = await makerOf(by, [change.proposedBy, ...(change.firstApprovedBy === undefined ? [] : [change.firstApprovedBy])], now, transaction);
          if (maker !== undefined) return refused('SECOND_PERSON_NEEDED', { zh: `三天内 ${maker} 为本账号开户、重置密码或授予角色，须由其他人审批`, en: `${maker} gave out this account, or set its password or roles, within three days` });
          const checked = await recheck(change);
          if (checked.kind === 'refused') return checked;
          if (checked.value === 'moved') {
            await proposals.update({ state: 'superseded', endedAt: now, contentSealed: null }, where);
            return ok({ ...change, state: 'superseded' });
          }
        }
        await decisions.create({ hospital, changeNo, what: isApproved ? 'approve' : 'refuse', by, at: now, hash, reason }, { transaction });
        if (!isApproved) await proposals.update({ state: 'refused', decidedBy: by, decidedAt: now, endedAt: now, contentSealed: null }, where);
        else if (isLastChangeApproval(change)) await proposals.update({ state: 'approved', decidedBy: by, decidedAt: now }, where);
        else await proposals.update({ state: 'firstApproved', firstApprovedBy: by }, where);
        const decided = await rowOf(changeNo, transaction);
        return ok(asChange(decided ?? row));
      }),
    async end(changeNo, { state, error, now }) {
      await proposals.update({ state, endedAt: now, error: error === undefined ? null : writeBilingual(error), contentSealed: null }, { where: { hospital, changeNo, state: 'approved' } });
    },
    async supersede(subject, now) {
      await proposals.update({ state: 'superseded', endedAt: now, contentSealed: null }, { where: { hospital, subject, state: { [Op.in]: OPEN } } });
    },
    expireBefore: (now) => sequelize.transaction((transaction) => expired(now, transaction)),
    async approved() {
      return (await proposals.findAll({ where: { hospital, state: 'approved' }, order: ['id'] })).map((row) => asChange(row.get()));
    },
  };
}

function asChange({ changeNo, kind, subject, contentHash, stateHash, lines, levels, hash, reason, proposedBy, proposedAt, expiresAt, state, firstApprovedBy, decidedBy, decidedAt, endedAt, error }: ChangeProposalRow): ChangeProposal {
  const known = { kind: CHANGE_KINDS.find((one) => one === kind), state: CHANGE_STATES.find((one) => one === state) };
  if (known.kind === undefined || known.state === undefined) throw new Error(`change ${changeNo} is of a kind or in a state this program does not know: ${kind}, ${state}`);
  return {
    changeNo, kind: known.kind, state: known.state, subject, contentHash, stateHash, hash, reason, proposedBy, lines: Parse(LinesSchema, JSON.parse(lines)), levels: levels === 0 ? 0 : levels === 1 ? 1 : 2, proposedAt: proposedAt.toISOString(), expiresAt: expiresAt.toISOString(),
    firstApprovedBy: firstApprovedBy ?? undefined, decidedBy: decidedBy ?? undefined, decidedAt: decidedAt?.toISOString(), endedAt: endedAt?.toISOString(), error: error === null ? undefined : readBilingual(error),
  };
}
