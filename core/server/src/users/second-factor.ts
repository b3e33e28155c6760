/** 二次验证: one-time codes of an authenticator, recovery codes, and how they are set up, taken and taken away. */
import { createHash } from 'node:crypto';
import type { Bilingual } from '../domain/bilingual.js';
import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { OneTimeCodes, RecoveryCodes, SecondFactor, SecondFactorRows, SignedIn, StoredSecondFactor, StoredUser, UserPorts, Visitor } from './ports.js';
import { beginSession, needsSecondFactor } from './sessions.js';
import { countFailure, isLocked, lockedOut } from './sign-in.js';
import { typedCode } from './typed-code.js';

const RECOVERY_CODES = 10;
/** 10 characters of Crockford's alphabet carry 50 bits: guessed online against the lock, and worth nothing after one use. */
const RECOVERY_LENGTH = 10;
const ENROLMENT_LENGTH = 12;
const ENROLMENT_LIFE_MS = 72 * 60 * 60_000;

export type SecondFactorPorts = Pick<UserPorts, 'users' | 'sessions' | 'clock' | 'random' | 'audit' | 'duties' | 'secondFactorFor'> & { readonly secondFactors: SecondFactorRows; readonly codes: OneTimeCodes; readonly issuer: string };

export function createSecondFactor(ports: SecondFactorPorts): SecondFactor {
  const { users, sessions, secondFactors, codes, clock, random, audit } = ports;
  const newRecoveryCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, () => makeOpaqueId(random, RECOVERY_LENGTH));
  return {
    async prove(who, { code, ...visitor }) {
      const proven = await proveCode(ports, who, { code, address: visitor.address });
      if (proven.kind === 'refused') return proven;
      const { user, how } = proven.value;
      // The token of the half-open session was seen before the factor: it ends, and another one is all the way in.
      await sessions.removeById(who.sessionId);
      await audit.record({ who: user.login, what: 'session.proven', object: `user ${user.login}`, after: { from: visitor.address, by: how } });
      return ok(await beginSession(ports, user, { ...visitor, provenAt: clock.now() }));
    },
    async offer(who, { enrolmentCode }) {
      const user = await users.find(who.userId);
      if (user === undefined) return refused('NOT_SIGNED_IN');
      if (user.hasSecondFactor) return refused('CONFLICT', { zh: '该账号已设置二次验证', en: 'this account has a second factor' });
      const unfit = await whyNotEnrol(ports, user, enrolmentCode);
      if (unfit !== undefined) return unfit;
      const secret = codes.newSecret();
      if (!(await secondFactors.offer(user.id, secret, clock.now()))) return refused('CONFLICT', { zh: '该账号已设置二次验证', en: 'this account has a second factor' });
      return ok({ secret, uri: codes.uri(secret, { issuer: ports.issuer, account: user.login }) });
    },
    async confirm(who, { code, ...visitor }) {
      const [user, factor] = [await users.find(who.userId), await secondFactors.find(who.userId)];
      if (user === undefined || factor?.secret === undefined || factor.confirmedAt !== undefined) return refused('CONFLICT', { zh: '没有正在进行的二次验证设置，请重新开始', en: 'no second factor is being set up' });
      if (isLocked(ports, user)) return lockedOut(ports, user, visitor.address);
      const step = codes.stepOf(factor.secret, typedCode(code), clock.now());
      // Whoever knows the password alone could otherwise try codes against the secret its owner is setting up.
      if (step === undefined) return countWrong(ports, user, visitor.address, { zh: '新密钥的验证码不正确，请核对手机时间是否准确', en: 'the code of the new secret; does the clock of the phone go right?' });
      await users.clearFailures(user.id, clock.now());
      const recoveryCodes = newRecoveryCodes();
      if (!(await secondFactors.confirm(user.id, { step, recoveryHashes: recoveryCodes.map(hashOf) }, clock.now()))) return refused('CONFLICT', { zh: '没有正在进行的二次验证设置，请重新开始', en: 'no second factor is being set up' });
      // Every other session was begun with the password alone.
      await sessions.removeOfUser(user.id);
      await audit.record({ who: user.login, what: 'user.secondFactor.confirm', object: `user ${user.login}`, after: { from: visitor.address } });
      return ok({ ...(await beginSession(ports, { ...user, hasSecondFactor: true }, { ...visitor, provenAt: clock.now() })), recoveryCodes: recoveryCodes.map(showCode) });
    },
    async renewRecoveryCodes(who, { code, address }) {
      const proven = await proveCode(ports, who, { code, address });
      if (proven.kind === 'refused') return proven;
      const renewed = newRecoveryCodes();
      await secondFactors.setRecoveryCodes(who.userId, renewed.map(hashOf));
      await audit.record({ who: who.login, what: 'user.secondFactor.recoveryCodes', object: `user ${who.login}` });
      return ok<RecoveryCodes>(renewed.map(showCode));
    },
    async reset(by, login) {
      const user = await users.findByLogin(login);
      if (user === undefined) return refused('NO_SUCH_ITEM');
      if (user.id === by.userId) return refused('CONFLICT', { zh: '不能重置本人的二次验证，请由他人办理', en: 'nobody takes his own second factor away' });
      const enrolmentCode = makeOpaqueId(random, ENROLMENT_LENGTH);
      await secondFactors.reset(user.id, { codeHash: hashOf(enrolmentCode), until: new Date(clock.now().getTime() + ENROLMENT_LIFE_MS) }, clock.now());
      await sessions.removeOfUser(user.id);
      await audit.record({ who: by.login, what: 'user.secondFactor.reset', object: `user ${login}`, before: { had: user.hasSecondFactor } });
      return ok({ enrolmentCode: showCode(enrolmentCode) });
    },
    async status(who) {
      const [user, factor] = [await users.find(who.userId), await secondFactors.find(who.userId)];
      return {
        since: factor?.confirmedAt, recoveryCodesLeft: factor?.recoveryHashes.length ?? 0, isRequired: user !== undefined && needsSecondFactor(ports, user),
        needsEnrolmentCode: user !== undefined && !user.hasSecondFactor && (await needsEnrolmentCode(ports, user, factor)),
      };
    },
  };
}

/** The code of an authenticator or a recovery code, taken once: wrong ones count as wrong passwords do. Exported for what else asks the person again. */
export async function proveCode(ports: SecondFactorPorts, who: Pick<SignedIn, 'userId'>, { code: typed, address }: { readonly code: string } & Pick<Visitor, 'address'>): Promise<Outcome<{ readonly user: StoredUser; readonly how: 'code' | 'recoveryCode' }>> {
  const { users, secondFactors, codes, clock } = ports;
  const [user, factor] = [await users.find(who.userId), await secondFactors.find(who.userId)];
  if (user === undefined) return refused('NOT_SIGNED_IN');
  if (isLocked(ports, user)) return lockedOut(ports, user, address);
  const code = typedCode(typed);
  const how = /^\d{6}$/.test(code) ? 'code' : 'recoveryCode';
  const isTaken = how === 'code' ? await takeStep() : await secondFactors.takeRecoveryCode(user.id, hashOf(code));
  if (!isTaken) return countWrong(ports, user, address);
  // While it was checked, guesses beside it may have locked the account.
  const current = await users.find(user.id);
  if (current === undefined || isLocked(ports, current)) return lockedOut(ports, current ?? user, address);
  await users.clearFailures(user.id, clock.now());
  return ok({ user: current, how });

  async function takeStep(): Promise<boolean> {
    const step = factor?.secret === undefined || factor.confirmedAt === undefined ? undefined : codes.stepOf(factor.secret, code, clock.now());
    return step !== undefined && secondFactors.takeStep(who.userId, step);
  }
}

/** A wrong code is a wrong password: one count, one lock. */
async function countWrong(ports: SecondFactorPorts, user: StoredUser, address: string, detail?: Bilingual): Promise<Refused> {
  const failure = await countFailure(ports, user, address, 'wrong second factor');
  return failure.code === 'LOGIN_LOCKED' ? failure : refused('SECOND_FACTOR_WRONG', detail);
}

async function whyNotEnrol(ports: SecondFactorPorts, user: StoredUser, given: string | undefined): Promise<Refused | undefined> {
  const factor = await ports.secondFactors.find(user.id);
  if (!(await needsEnrolmentCode(ports, user, factor))) return undefined;
  const { enrolment } = factor ?? {};
  const isRight = given !== undefined && enrolment !== undefined && enrolment.until > ports.clock.now() && enrolment.codeHash === hashOf(typedCode(given));
  return isRight ? undefined : refused('ENROLMENT_CODE_INVALID');
}

/**
 * Who resets passwords must not set up another's second factor with what he gave: where duties are separated, and wherever one was taken away, the security administrator's code goes with it. Whom nobody could give one (the
 * only security administrator) needs none.
 */
async function needsEnrolmentCode({ users, duties }: Pick<SecondFactorPorts, 'users' | 'duties'>, user: StoredUser, factor: StoredSecondFactor | undefined): Promise<boolean> {
  if (factor?.enrolment !== undefined) return true;
  if (!duties.isSeparated()) return false;
  return (await users.list()).some((other) => other.id !== user.id && other.status === 'active' && other.hasSecondFactor && other.roles.includes('securityAdministrator'));
}

/** Random enough that a plain hash tells nothing. */
function hashOf(code: string): string {
  return createHash('sha256').update(`second-factor:${code}`).digest('hex');
}
function showCode(code: string): string {
  return code.replace(/(.{4,5})(?=.{4,})/, '$1-');
}

export { ENROLMENT_LENGTH, ENROLMENT_LIFE_MS, hashOf as hashOfCode, showCode };
