import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Op, QueryTypes, Sequelize } from 'sequelize';
import type { AlarmStore } from '../../../alarms/ports.js';
import type { DictionaryStore } from '../../../dictionary/ports.js';
import type { Log } from '../../../domain/log.js';
import type { Clock } from '../../../domain/time.js';
import type { FleetStore, PresenceStore, TerminalPositionRows } from '../../../fleet/ports.js';
import type { AuditStore, CollectorCursors, SnmpEngines } from '../../../operations/ports.js';
import type { CredentialStore, RotationStore } from '../../../monitoring/ports.js';
import type { TaskStore } from '../../../tasks/ports.js';
import { alarmStore } from './alarm-store.js';
import { applicationStore, type ApplicationStore } from './application-store.js';
import { agreementStore, type AgreementStore } from './agreement-store.js';
import { auditCollectorStore } from './audit-collector-store.js';
import { auditEventStore, signInRefusals } from './audit-event-store.js';
import { approvedConfigurationStore, type ApprovedConfigurationStore } from './approved-configuration-store.js';
import { defineChangeModels } from './change-models.js';
import { changeStore } from './change-store.js';
import type { ChangeStore } from '../../../domain/change-proposal.js';
import { checkoutCodeStore, type CheckoutCodeStore } from './checkout-code-store.js';
import { credentialStore } from './credential-store.js';
import { dictionaryStore } from './dictionary-store.js';
import { backupStore } from './backup-store.js';
import type { BackupRows } from '../../../backups/ports.js';
import { displayStore } from './display-store.js';
import { terminalPositionStore } from './terminal-position-store.js';
import { savedViewStore } from './saved-view-store.js';
import { setupEventStore } from './setup-event-store.js';
import type { SetupRows } from '../../../setup/ports.js';
import { fleetStore } from './fleet-store.js';
import { presenceStore } from './presence-store.js';
import { migrate } from './migrate.js';
import { ALL_MIGRATIONS } from './migrations/all-migrations.js';
import { defineModels } from './models.js';
import { payeeVault } from './payee-vault.js';
import { paymentPasswordHashes } from './payment-password-hashes.js';
import { paymentPasswordStore } from './payment-password-store.js';
import { defineQuickPayModels } from './quick-pay-models.js';
import type { QuickPayPorts } from '../../../quick-pay/ports.js';
import type { PasskeyRows, SecondFactorRows, SignInRefusals } from '../../../users/ports.js';
import type { DisplayRows } from '../../../wallboard/ports.js';
import type { SavedViewRows } from '../../../saved-views/ports.js';
import type { PayeeVault } from '../../../payouts/ports.js';
import { nodeSqliteDialect } from './node-sqlite-dialect.js';
import { pluginInstanceStore, type PluginInstanceStore } from './plugin-instance-store.js';
import { rotationStore } from './rotation-store.js';
import { createSecretBox, openKeyFile } from './secret-box.js';
import { snmpEngineStore } from './snmp-engine-store.js';
import type { SqliteAccess } from './sqlite-handle.js';
import { passkeyStore, secondFactorStore } from './second-factor-store.js';
import { taskStore } from './task-store.js';
import { platformKeyStore, terminalCertificateStore, type PlatformKeyStore, type TerminalCertificateStore } from './terminal-certificate-store.js';
import { terminalStore, type TerminalStore } from './terminal-store.js';
import { sessionStore, userStore, type SessionStore, type UserStore } from './user-store.js';
import { windowDeskStore, type WindowDeskStore } from './window-desk-store.js';

export type PlatformDatabase = {
  /** Whose tasks lie there too, when it is not this hospital's folder alone. */
  readonly otherHospital: string | undefined;
  readonly terminals: TerminalStore;
  readonly fleet: FleetStore;
  readonly presence: PresenceStore;
  /** 备份. */
  readonly backups: BackupRows;
  /** 监控大屏. */
  readonly displays: DisplayRows;
  readonly savedViews: SavedViewRows;
  readonly terminalPositions: TerminalPositionRows;
  /** 首次开通. */
  readonly setup: SetupRows;
  readonly terminalCertificates: TerminalCertificateStore;
  readonly platformKeys: PlatformKeyStore;
  readonly applications: ApplicationStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
  readonly dictionaries: DictionaryStore;
  readonly pluginInstances: PluginInstanceStore;
  /** 二次验证, 通行密钥. */
  readonly secondFactors: SecondFactorRows;
  readonly passkeys: PasskeyRows;
  readonly checkoutCodes: CheckoutCodeStore;
  readonly windowDesk: WindowDeskStore;
  /** 快捷支付. */
  readonly quickPay: Pick<QuickPayPorts, 'passwords' | 'hashes'> & { readonly agreements: AgreementStore };
  readonly auditEvents: AuditStore;
  /** How far copies of the audit log elsewhere have come. */
  readonly auditCollectors: CollectorCursors;
  readonly snmpEngines: SnmpEngines;
  readonly signInRefusals: SignInRefusals;
  readonly credentials: CredentialStore;
  readonly rotations: RotationStore;
  readonly alarms: AlarmStore;
  /** 变更申请. */
  readonly changes: ChangeStore;
  readonly approvedConfiguration: ApprovedConfigurationStore;
  /** A fingerprint of a secret that only the holder of the key file can make. `place` keeps two equal secrets apart. */
  readonly keyedFingerprint: (secret: string | Uint8Array, place: string) => string;
  readonly payees: PayeeVault;
  /** Encrypts a file that names people's accounts, before it lies in an archive. */
  readonly sealFile: (bytes: Uint8Array, name: string) => string;
  /** @throws SecretUnreadable */
  readonly openFile: (sealed: string, name: string) => Uint8Array;
  /** For health: a trivial question to the file. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type OpenPlatformDatabaseRequest = { readonly dataFolder: string; readonly hospital: string; readonly clock: Clock; readonly log: Log };

/**
 * Opens `platform.sqlite` in the data folder, everything the platform keeps that is not money; makes it and the key file at the first start,
 * and brings it to this version.
 */
export async function openPlatformDatabase({ dataFolder, hospital, clock, log }: OpenPlatformDatabaseRequest): Promise<PlatformDatabase> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o750 });
  const path = join(dataFolder, 'platform.sqlite');
  const box = createSecretBox(openKeyFile(join(dataFolder, 'keys', 'platform.key')));
  const { sequelize, close } = openSequelize(path);
  try {
    await checkFile(sequelize, path);
    await migrate(sequelize, ALL_MIGRATIONS, log, () => clock.now());
  } catch (error) {
    await close();
    throw error;
  }
  const models = defineModels(sequelize);
  const other = await models.tasks.findOne({ where: { hospital: { [Op.ne]: hospital } } });
  const quickPay = defineQuickPayModels(sequelize);
  const changes = defineChangeModels(sequelize);
  return {
    otherHospital: other?.get().hospital,
    terminals: terminalStore(models, hospital, box),
    fleet: fleetStore(sequelize, models, hospital),
    presence: presenceStore(models, hospital),
    backups: backupStore(models, hospital),
    displays: displayStore(models, hospital),
    terminalPositions: terminalPositionStore(sequelize, models, hospital),
    savedViews: savedViewStore(sequelize, models, hospital),
    setup: setupEventStore(models, hospital),
    terminalCertificates: terminalCertificateStore(models, hospital),
    platformKeys: platformKeyStore(sequelize, models, hospital, box),
    applications: applicationStore(models, hospital, box),
    users: userStore(sequelize, models, hospital, box),
    sessions: sessionStore(models),
    secondFactors: secondFactorStore(sequelize, models, box),
    passkeys: passkeyStore(models),
    tasks: taskStore(sequelize, models, hospital),
    dictionaries: dictionaryStore(sequelize, models, hospital),
    pluginInstances: pluginInstanceStore(models, hospital, box),
    checkoutCodes: checkoutCodeStore(models, hospital),
    windowDesk: windowDeskStore(sequelize, models, hospital),
    quickPay: { agreements: agreementStore(sequelize, quickPay, hospital, box), passwords: paymentPasswordStore(sequelize, quickPay, hospital, box), hashes: paymentPasswordHashes(box) },
    auditEvents: auditEventStore(models),
    auditCollectors: auditCollectorStore(models, hospital),
    snmpEngines: snmpEngineStore(sequelize, models, hospital),
    signInRefusals: signInRefusals(models),
    credentials: credentialStore(sequelize, models, hospital),
    rotations: rotationStore(models, hospital, box),
    alarms: alarmStore(sequelize, models, hospital),
    changes: changeStore(sequelize, changes, models, hospital, box),
    approvedConfiguration: approvedConfigurationStore(changes, hospital, box),
    keyedFingerprint: (secret, place) => box.fingerprint(secret, place),
    payees: payeeVault(box),
    sealFile: (bytes, name) => box.seal(bytes, `file/${name}`),
    openFile: (sealed, name) => box.open(sealed, `file/${name}`),
    async ping() {
      await sequelize.query('SELECT 1', { type: QueryTypes.SELECT });
    },
    close,
  };
}

/** Sequelize on one SQLite file through our own driver. Closing it checkpoints and leaves no open handle. */
export function openSequelize(path: string, access: SqliteAccess = 'readWrite'): { readonly sequelize: Sequelize; readonly close: () => Promise<void> } {
  const dialect = nodeSqliteDialect(path, access);
  const sequelize = new Sequelize({ dialect: 'sqlite', dialectModule: dialect.module, storage: path, logging: false, pool: { max: 1 } });
  return {
    sequelize,
    async close() {
      await sequelize.close();
      dialect.closeAll();
    },
  };
}

async function checkFile(sequelize: Sequelize, path: string): Promise<void> {
  const rows = await sequelize.query<{ quick_check: string }>('PRAGMA quick_check(5)', { type: QueryTypes.SELECT });
  const damage = rows.map(({ quick_check }) => quick_check).filter((line) => line !== 'ok');
  if (damage.length > 0) throw new Error(`${path} is damaged (${damage.join('; ')}): restore it from the last backup; the money store has its own file`);
}
