import { Op, UniqueConstraintError, type Sequelize } from 'sequelize';
import type { TerminalCertificate } from '../../../fleet/ports.js';
import type { Models, TerminalCertificateRow } from './models.js';
import type { SecretBox } from './secret-box.js';

export type TerminalCertificateStore = {
  add(certificate: TerminalCertificate): Promise<void>;
  find(serial: string): Promise<TerminalCertificate | undefined>;
  /** Not over yet: of one terminal, or of all. */
  listLive(now: Date, terminal?: string): Promise<readonly TerminalCertificate[]>;
  revokeAll(terminal: string, at: Date): Promise<number>;
};
/** Keys the platform makes for itself and keeps: sealed, with a certificate where they have one. */
export type PlatformKeyStore = {
  find(name: string): Promise<{ readonly key: Buffer; readonly certificate: string | undefined } | undefined>;
  /** False: there is one, made by somebody quicker. */
  add(name: string, made: { readonly key: Uint8Array; readonly certificate?: string }, now: Date): Promise<boolean>;
  /** In the place of what had the name, in one transaction with what is forgotten for it. */
  put(name: string, made: { readonly key: Uint8Array; readonly certificate: string }, now: Date, forget: readonly string[]): Promise<void>;
  forget(names: readonly string[]): Promise<void>;
};

export function terminalCertificateStore({ terminalCertificates }: Models, hospital: string): TerminalCertificateStore {
  return {
    async add(certificate) {
      await terminalCertificates.create({ hospital, ...certificate, revokedAt: certificate.revokedAt ?? null });
    },
    async find(serial) {
      const found = (await terminalCertificates.findOne({ where: { hospital, serial } }))?.get();
      return found === undefined ? undefined : asCertificate(found);
    },
    async listLive(now, terminal) {
      return (await terminalCertificates.findAll({ where: { hospital, notAfter: { [Op.gt]: now }, ...(terminal === undefined ? {} : { terminal }) }, order: [['notBefore', 'DESC']] })).map((row) => asCertificate(row.get()));
    },
    async revokeAll(terminal, at) {
      return (await terminalCertificates.update({ revokedAt: at }, { where: { hospital, terminal, revokedAt: null } }))[0];
    },
  };
}

export function platformKeyStore(sequelize: Sequelize, { platformKeys }: Models, hospital: string, box: SecretBox): PlatformKeyStore {
  const place = (name: string) => `platform_key.keySealed ${name}`;
  return {
    async find(name) {
      const found = (await platformKeys.findOne({ where: { hospital, name } }))?.get();
      return found === undefined ? undefined : { key: box.open(found.keySealed, place(name)), certificate: found.certificate ?? undefined };
    },
    async add(name, { key, certificate }, now) {
      try {
        await platformKeys.create({ hospital, name, keySealed: box.seal(key, place(name)), certificate: certificate ?? null, createdAt: now });
        return true;
      } catch (error) {
        if (error instanceof UniqueConstraintError) return false;
        throw error;
      }
    },
    put: (name, { key, certificate }, now, forget) =>
      sequelize.transaction(async (transaction) => {
        await platformKeys.destroy({ where: { hospital, name: [name, ...forget] }, transaction });
        await platformKeys.create({ hospital, name, keySealed: box.seal(key, place(name)), certificate, createdAt: now }, { transaction });
      }),
    async forget(names) {
      await platformKeys.destroy({ where: { hospital, name: [...names] } });
    },
  };
}

function asCertificate({ serial, terminal, notBefore, notAfter, fingerprint, revokedAt }: TerminalCertificateRow): TerminalCertificate {
  return { serial, terminal, notBefore, notAfter, fingerprint, revokedAt: revokedAt ?? undefined };
}
