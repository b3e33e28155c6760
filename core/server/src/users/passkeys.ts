/** 通行密钥: a key in the browser or the phone that is bound to the console's address and signs in alone. */
import { ok, refused, type Outcome } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PasskeyCeremonies, PasskeyRows, Passkeys, PasskeyView, StoredPasskey } from './ports.js';
import { proveCode, type SecondFactorPorts } from './second-factor.js';
import { beginSession } from './sessions.js';
import { countFailure, isLocked, lockedOut } from './sign-in.js';

/** From the options to the answer: a person looks for the key. */
const CEREMONY_MS = 3 * 60_000;
/** Whoever asks for options without end does not fill the memory: the oldest is forgotten. */
const MOST_CEREMONIES = 500;
const MOST_PASSKEYS = 10;
const TICKET_LENGTH = 32;

export type PasskeyPorts = SecondFactorPorts & { readonly passkeys: PasskeyRows; /** Undefined: the console has no name of its own with TLS, and a browser gives no key to an address. */ readonly ceremonies: PasskeyCeremonies | undefined };

export function createPasskeys(ports: PasskeyPorts): Passkeys {
  const { ceremonies, passkeys, users, clock, random, audit } = ports;
  /** Each is good for one answer. */
  const open = new Map<string, { readonly challenge: string; readonly until: number; readonly userId: string | undefined }>();

  const begin = (challenge: string, userId: string | undefined): string => {
    for (const [ticket, { until }] of open) if (until <= clock.now().getTime()) open.delete(ticket);
    const [oldest] = open.keys();
    if (open.size >= MOST_CEREMONIES && oldest !== undefined) open.delete(oldest);
    const ticket = makeOpaqueId(random, TICKET_LENGTH);
    open.set(ticket, { challenge, until: clock.now().getTime() + CEREMONY_MS, userId });
    return ticket;
  };
  const take = (ticket: string, userId: string | undefined): string | undefined => {
    const known = open.get(ticket);
    open.delete(ticket);
    return known !== undefined && known.userId === userId && known.until > clock.now().getTime() ? known.challenge : undefined;
  };
  const find = async (crypto: PasskeyCeremonies, answer: unknown): Promise<StoredPasskey | undefined> => {
    const id = crypto.passkeyIdOf(answer);
    return id === undefined ? undefined : passkeys.find(id);
  };

  return {
    isOffered: ceremonies !== undefined,
    async beginSignIn() {
      if (ceremonies === undefined) return refused('PASSKEYS_OFF');
      const { challenge, options } = await ceremonies.assertion();
      return ok({ ticket: begin(challenge, undefined), options });
    },
    async signIn({ ticket, answer, ...visitor }) {
      if (ceremonies === undefined) return refused('PASSKEYS_OFF');
      const challenge = take(ticket, undefined);
      if (challenge === undefined) return refused('PASSKEY_REFUSED', { zh: '通行密钥验证已超时，请重新开始', en: 'the ceremony is over: begin again' });
      const passkey = await find(ceremonies, answer);
      const user = passkey === undefined ? undefined : await users.find(passkey.userId);
      if (passkey === undefined || user === undefined) {
        await audit.record({ who: 'unknown', what: 'session.refused', object: 'user (unknown)', reason: 'no such passkey', after: { from: visitor.address } });
        return refused('PASSKEY_REFUSED');
      }
      if (isLocked(ports, user)) return lockedOut(ports, user, visitor.address);
      const verified = user.status === 'active' ? await ceremonies.verifyAssertion({ challenge, answer, passkey }) : undefined;
      if (verified === undefined) {
        const failure = await countFailure(ports, user, visitor.address, 'wrong passkey');
        return failure.code === 'LOGIN_LOCKED' ? failure : refused('PASSKEY_REFUSED');
      }
      await passkeys.used(passkey.id, verified.counter, clock.now());
      await users.clearFailures(user.id, clock.now());
      await audit.record({ who: user.login, what: 'session.begin', object: `user ${user.login}`, after: { from: visitor.address, by: 'passkey' } });
      return ok(await beginSession(ports, user, { ...visitor, provenAt: clock.now() }));
    },
    async beginAdding(who, { code, address }) {
      if (ceremonies === undefined) return refused('PASSKEYS_OFF');
      if (!who.hasSecondFactor) return refused('CONFLICT', { zh: '请先设置验证码二次验证：通行密钥丢失时靠它登录', en: 'set the authenticator up first: it is what a lost key is replaced by' });
      const known = await passkeys.listOf(who.userId);
      if (known.length >= MOST_PASSKEYS) return refused('CONFLICT', { zh: `已有 ${String(MOST_PASSKEYS)} 个通行密钥，请先删除一个`, en: `${String(MOST_PASSKEYS)} keys are there: remove one` });
      const proven = await proveCode(ports, who, { code, address });
      if (proven.kind === 'refused') return proven;
      const { challenge, options } = await ceremonies.registration({ user: { id: who.userId, name: who.login, displayName: who.displayName }, known });
      return ok({ ticket: begin(challenge, who.userId), options });
    },
    async add(who, { ticket, title, answer }): Promise<Outcome<PasskeyView>> {
      if (ceremonies === undefined) return refused('PASSKEYS_OFF');
      const challenge = take(ticket, who.userId);
      const made = challenge === undefined ? undefined : await ceremonies.verifyRegistration({ challenge, answer });
      if (made === undefined) return refused('PASSKEY_REFUSED', { zh: '通行密钥验证已超时或不匹配，请重新开始', en: 'the ceremony is over or its answer does not fit: begin again' });
      const passkey: StoredPasskey = { ...made, userId: who.userId, title, createdAt: clock.now(), lastUsedAt: undefined };
      if (!(await passkeys.add(passkey))) return refused('CONFLICT', { zh: '该通行密钥已登记', en: 'this key is known' });
      await audit.record({ who: who.login, what: 'user.passkey.add', object: `user ${who.login}`, after: { title } });
      return ok(viewPasskey(passkey));
    },
    list: async (who) => (await passkeys.listOf(who.userId)).map(viewPasskey),
    async remove(who, id) {
      if (!(await passkeys.remove(who.userId, id))) return refused('NO_SUCH_ITEM');
      await audit.record({ who: who.login, what: 'user.passkey.remove', object: `user ${who.login}` });
      return ok(undefined);
    },
  };
}

function viewPasskey({ id, title, createdAt, lastUsedAt }: StoredPasskey): PasskeyView {
  return { id, title, createdAt, lastUsedAt };
}
