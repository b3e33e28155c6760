/** 三员分立: whether the duties of those who keep the machine are separated here. */
import type { Duties, UserRows } from './ports.js';

/**
 * Separated from the moment a security administrator is there, and it stays so: no sequence of acts at the console gives one person both halves back. `users.separatedDuties` demands it before there is one.
 */
export function createDuties({ users, isDemanded }: { readonly users: Pick<UserRows, 'list'>; readonly isDemanded: boolean }): Duties {
  let isSeparated = isDemanded;
  return {
    isSeparated: () => isSeparated,
    async look() {
      // One who was disabled counts: taking the only security administrator out of use does not join what was separated.
      if (!isSeparated) isSeparated = (await users.list()).some(({ roles }) => roles.includes('securityAdministrator'));
    },
  };
}
