import { createHash, timingSafeEqual } from 'node:crypto';
import { ok, refused } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { readLogin } from './read-login.js';
import { refuseWeakPassword } from './password-rule.js';
import type { FirstLogin, UserPorts } from './ports.js';
import { beginSession } from './sessions.js';

/** 16 characters of Crockford's alphabet carry 80 bits: short enough to type, too many to guess in a day. */
const CODE_LENGTH = 16;
const CODE_LIFE_MS = 24 * 60 * 60_000;

/**
 * The way to the first administrator: a code printed once where only who runs the machine can see it. Only its hash is kept, in memory: a restart
 * prints another one, because nothing could print the old one again.
 */
export function createFirstLogin(ports: UserPorts): FirstLogin {
  let opened: { readonly codeHash: Buffer; readonly expiresAt: number } | undefined;
  const isOpen = () => opened !== undefined && ports.clock.now().getTime() < opened.expiresAt;

  return {
    async open() {
      opened = undefined;
      if (await hasAdministrator(ports)) return undefined;
      const code = makeOpaqueId(ports.random, CODE_LENGTH);
      opened = { codeHash: hashOf(code), expiresAt: ports.clock.now().getTime() + CODE_LIFE_MS };
      return code.replace(/(.{4})(?=.)/g, '$1-');
    },
    isOpen,
    async complete({ code, login: typedLogin, displayName, password, address }) {
      const offered = opened;
      if (offered === undefined || !isOpen() || !timingSafeEqual(offered.codeHash, hashOf(normalised(code)))) return refused('FIRST_LOGIN_CODE_INVALID');
      const login = readLogin(typedLogin);
      if (login.kind === 'refused') return login;
      const weak = refuseWeakPassword(password, login.value);
      if (weak !== undefined) return weak;
      // Taken before the first wait: two browsers with the same code make one administrator.
      opened = undefined;
      try {
        if (await hasAdministrator(ports)) return refused('FIRST_LOGIN_CODE_INVALID');
        const passwordHash = await ports.passwords.hash(password);
        const user = await ports.users.add(
          { id: makeOpaqueId(ports.random), login: login.value, displayName, passwordHash, roles: ['administrator'], mustChangePassword: false },
          ports.clock.now(),
        );
        await ports.audit.record({ who: user.login, what: 'user.firstLogin', object: `user ${user.login}`, after: { roles: user.roles, from: address } });
        return ok(await beginSession(ports, user, address));
      } catch (error) {
        // Nobody was made: the code is still the way in. (Somebody was: the look above refuses it.)
        opened = offered;
        throw error;
      }
    },
  };
}

/** Operators may be there before the first administrator is: an answers file names them. */
async function hasAdministrator({ users }: Pick<UserPorts, 'users'>): Promise<boolean> {
  return (await users.list()).some(({ roles }) => roles.includes('administrator'));
}

/** As a person types it: any case, blanks and hyphens, O for 0, I and L for 1. */
function normalised(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(`first-login:${code}`).digest();
}
