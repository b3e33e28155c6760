import type { PlatformDatabase } from './open-platform-database.js';

type SharedSecret = { readonly id: string; readonly title: string; readonly since: Date | undefined; readonly fingerprint: string };

/** The secrets this database keeps for applications and terminals, as they are recognised: never themselves. */
export function sharedSecrets({ applications, terminals, keyedFingerprint }: Pick<PlatformDatabase, 'applications' | 'terminals' | 'keyedFingerprint'>) {
  return {
    async applications(): Promise<readonly SharedSecret[]> {
      const active = (await applications.list()).filter(({ status }) => status === 'active');
      return Promise.all(active.map(async ({ id, title, createdAt }) => ({ id, title, since: createdAt, fingerprint: keyedFingerprint((await applications.secretOf(id)) ?? '', `application ${id}`) })));
    },
    async terminals(): Promise<readonly SharedSecret[]> {
      const active = (await terminals.list()).filter(({ status }) => status === 'active');
      return Promise.all(active.map(async ({ id, title, keySince }) => ({ id, title, since: keySince, fingerprint: keyedFingerprint((await terminals.keysOf(id)).current ?? '', `terminal ${id}`) })));
    },
    /** Another key file makes another one. */
    sealingKey: () => keyedFingerprint('', 'sealing key'),
  };
}
