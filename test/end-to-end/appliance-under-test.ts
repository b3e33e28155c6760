/**
 * The whole appliance as a hospital has it: the core as its own process on real files, the production adapter and plugin in front of simulators
 * that speak the real protocols. Simulators run in the test's process, so that faults are one call away.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { roundSelfPay } from '../simulators/his/round-self-pay.js';
import { defaultLogin, startHisSimulator, type HisSimulator, type HisSimulatorOptions } from '../simulators/his/his-simulator.js';
import { startWechatPaySimulator, type WechatPaySimulator, type WechatPaySimulatorOptions } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { freePort } from '../simulators/free-port.js';

/** test/dist/end-to-end → repository root. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** The parts of the test profile that stories change. */
export type Profile = Record<string, unknown> & { readonly hospital: { readonly merchants: readonly object[] }; readonly plugins: object; readonly channels: readonly object[]; readonly provision: object };
export type CoreAddresses = { readonly payment: string; readonly mqtt: number; readonly mqttWebSocket: number; readonly enrolment: number; readonly console: string };

export type ApplianceOptions = {
  /** Laid over the test profile, key by key at the first level. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly terminals?: readonly string[];
  readonly wechat?: WechatPaySimulatorOptions;
  readonly his?: HisSimulatorOptions;
  /** The HIS rounds what the patient pays to 角, and its mapping says so. */
  readonly roundsSelfPay?: boolean;
};

export const APP = { id: 'test-app', secret: 'a-secret-of-the-test-application-0001' } as const;

export class ApplianceUnderTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'hospay-e2e-'));
  readonly dataFolder = join(this.folder, 'data');
  readonly his: HisSimulator;
  readonly wechat: WechatPaySimulator;
  #core: ChildProcess | undefined;
  #addresses: CoreAddresses | undefined;
  /** Where channels reach the payment listener; its port is chosen before the core runs. */
  notifyBaseUrl = '';
  output = '';
  firstLoginCode: string | undefined;
  #isOver = false;

  private constructor(his: HisSimulator, wechat: WechatPaySimulator) {
    this.his = his;
    this.wechat = wechat;
  }

  static async start(options: ApplianceOptions = {}): Promise<ApplianceUnderTest> {
    const appliance = await ApplianceUnderTest.prepare(options);
    await appliance.startCore();
    return appliance;
  }

  /** Simulators and configuration, without a core yet. */
  static async prepare(options: ApplianceOptions = {}): Promise<ApplianceUnderTest> {
    const wechat = await startWechatPaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 300, 1_000, 2_000, 5_000], ...options.wechat });
    const appliance = new ApplianceUnderTest(await startHisSimulator({ neverRunsDry: true, ...options.his }), wechat);
    await appliance.#configure(options);
    if (options.roundsSelfPay === true) await appliance.#roundSelfPay();
    return appliance;
  }

  get addresses(): CoreAddresses {
    if (this.#addresses === undefined) throw new Error('the core is not running');
    return this.#addresses;
  }

  /** Starts the core and waits until it takes payments. `daysAgo`: by its clock, as the demo's. @throws with its last words when it ends instead. */
  async startCore({ daysAgo = 0 }: { readonly daysAgo?: number } = {}): Promise<void> {
    if (this.#isOver) throw new Error('the test is over');
    const core = fork(join(ROOT, 'core/server/dist/main.js'), ['--profile', 'test', '--profile-folder', join(this.folder, 'config/profiles'), '--data-folder', this.dataFolder], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // As in production without source maps: they are a tenth of a start.
      execArgv: daysAgo === 0 ? [] : ['--import', pathToFileURL(join(ROOT, 'appliance/set-up/clock-of-days-ago.mjs')).href],
      env: { ...process.env, HOSPAY_DEMO_DAYS_AGO: String(daysAgo) },
    });
    this.#core = core;
    this.output = '';
    for (const stream of [core.stdout, core.stderr]) stream?.on('data', (chunk: Buffer) => { this.output += chunk.toString('utf8'); });
    const ready = Promise.withResolvers<CoreAddresses>();
    core.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ready' && 'addresses' in message) {
        if ('firstLoginCode' in message && typeof message.firstLoginCode === 'string') this.firstLoginCode = message.firstLoginCode;
        // A core that starts anew, once a fence is lifted, tells where it is now.
        this.#addresses = message.addresses as CoreAddresses;
        ready.resolve(message.addresses as CoreAddresses);
      }
    });
    core.once('exit', (code, signal) => { ready.reject(new Error(`the core ended (${String(code ?? signal)}): ${this.output.slice(-2000)} ${this.log().slice(-4000)}`)); });
    this.#addresses = await ready.promise;
  }

  /** As a power cut would, for the process. */
  async killCore(): Promise<void> {
    const core = this.#core;
    if (core === undefined || core.exitCode !== null || core.signalCode !== null) return;
    const ended = once(core, 'exit');
    core.kill('SIGKILL');
    await ended;
    this.#core = undefined;
    this.#addresses = undefined;
  }

  /** Returns the exit code. */
  async stopCore(): Promise<number | null> {
    const core = this.#core;
    if (core === undefined || core.exitCode !== null || core.signalCode !== null) return null;
    const ended = once(core, 'exit');
    core.kill('SIGTERM');
    await ended;
    this.#core = undefined;
    this.#addresses = undefined;
    return core.exitCode;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.stopCore();
    await Promise.all([this.his.stop(), this.wechat.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  log(): string {
    try {
      return readFileSync(join(this.dataFolder, 'logs/hospay.log'), 'utf8');
    } catch {
      return '';
    }
  }

  claimCode(terminal: string): string {
    return readFileSync(join(this.dataFolder, 'provision', `${terminal}.claim`), 'utf8').trim();
  }

  /** Reads the money database beside the running core. */
  read<Row extends Record<string, unknown>>(sql: string, ...values: string[]): Row[] {
    const database = new DatabaseSync(join(this.dataFolder, 'money.sqlite'), { readOnly: true });
    try {
      return database.prepare(sql).all(...values).map((row) => ({ ...row }) as Row);
    } finally {
      database.close();
    }
  }

  /** Problems of the ledger, rebuilt from its entries. */
  ledgerProblems(): readonly string[] {
    const database = new DatabaseSync(join(this.dataFolder, 'money.sqlite'), { readOnly: true });
    try {
      return verifyLedger(database).problems;
    } finally {
      database.close();
    }
  }

  /** Changes the profile before the core is started. */
  change(how: (profile: Profile) => Record<string, unknown>): void {
    const path = join(this.folder, 'config/profiles/test.yaml');
    writeFileSync(path, stringify(how(parse(readFileSync(path, 'utf8')) as Profile)));
  }

  async #roundSelfPay(): Promise<void> {
    await roundSelfPay(this.his.hospital);
    const path = join(this.folder, 'config/hospitals/demo/sqlserver-mapping.json');
    const mapping = JSON.parse(readFileSync(path, 'utf8')) as { readonly operations: { readonly presettle: Record<string, unknown> } };
    mapping.operations.presettle['roundingFen'] = 5;
    writeFileSync(path, JSON.stringify(mapping));
  }

  async #configure(options: ApplianceOptions): Promise<void> {
    const config = join(this.folder, 'config');
    cpSync(join(ROOT, 'config/defaults.yaml'), join(config, 'defaults.yaml'));
    cpSync(join(ROOT, 'config/hospitals'), join(config, 'hospitals'), { recursive: true });
    mkdirSync(join(config, 'profiles'), { recursive: true });
    const secrets = this.#writeSecrets();
    const port = await freePort();
    this.notifyBaseUrl = `http://127.0.0.1:${String(port)}`;
    const credentials = this.wechat.merchantCredentials;
    const profile = {
      hospital: { id: 'demo', name: '示范医院', campuses: [{ id: 'main', name: '本部' }], merchants: [{ merchantNo: credentials.merchantId, name: '示范医院', campus: 'main' }] },
      http: { host: '127.0.0.1', paymentPort: port, consolePort: 0, publicNotifyBaseUrl: this.notifyBaseUrl },
      mqtt: { port: 0, websocketPort: 0, enrolPort: 0 },
      // What these stories tell begins behind the door; the way in has tests of its own.
      users: { secondFactorFor: [] },
      plugins: { folders: [join(ROOT, 'plugins/channels'), join(ROOT, 'plugins/quick-pay'), join(ROOT, 'hospital-adapters')] },
      his: {
        id: 'his',
        plugin: 'hospital-adapter-sqlserver',
        settings: { server: '127.0.0.1', port: this.his.port, database: this.his.databaseName, user: defaultLogin.user, password: { secretFile: secrets.hisPassword }, mapping: { fromFile: 'hospitals/demo/sqlserver-mapping.json' } },
      },
      channels: [
        {
          id: 'wechat',
          plugin: 'wechat-pay',
          merchantNo: credentials.merchantId,
          enabled: true,
          settings: {
            mchid: credentials.merchantId,
            appid: credentials.appId,
            merchantCertificateSerial: credentials.merchantCertificateSerial,
            merchantPrivateKeyPem: { secretFile: secrets.merchantKey },
            apiV3Key: { secretFile: secrets.apiV3Key },
            verification: { mode: 'publicKey', publicKeyId: credentials.platformPublicKey.id, publicKeyPem: credentials.platformPublicKey.publicKeyPem },
            baseUrl: this.wechat.baseUrl,
          },
        },
      ],
      payments: { invoicedBusinesses: ['bill', 'registration', 'discharge'], queryRhythmSeconds: [1, 1, 2, 2, 5], promptQueryRhythmSeconds: [1, 1, 2, 2, 5], confirmRhythmSeconds: [1, 1, 2, 2, 5], refundQueryRhythmSeconds: [1, 1, 2, 5], closeMarginSeconds: 5, tellOwnerRhythmSeconds: [1, 1, 2] },
      provision: {
        terminals: (options.terminals ?? ['kiosk-1', 'kiosk-2']).map((id) => ({ id, kind: 'kiosk', title: `自助机 ${id}`, claimFile: `provision/${id}.claim` })),
        applications: [{ id: APP.id, title: '测试应用', secret: APP.secret, permissions: ['read', 'pay', 'refund', 'statement'] }],
      },
      logging: { level: 'debug' },
      disk: { ballastMegabytes: 0 },
      ...options.configuration,
    };
    writeFileSync(join(config, 'profiles/test.yaml'), stringify(profile));
  }

  #writeSecrets() {
    const folder = join(this.dataFolder, 'secrets');
    mkdirSync(folder, { recursive: true });
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return `secrets/${name}`;
    };
    const credentials = this.wechat.merchantCredentials;
    return {
      hisPassword: write('his-password', defaultLogin.password),
      merchantKey: write('merchant-key.pem', credentials.merchantPrivateKeyPem),
      apiV3Key: write('api-v3-key', credentials.apiV3Key),
    };
  }
}

/** Asks until the answer is there. A story that never gets its answer fails with what it last saw. */
export async function eventually<Value>(what: string, ask: () => Promise<Value | undefined> | Value | undefined, withinMs = 20_000): Promise<Value> {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(`not within ${String(withinMs)} ms: ${what}`);
    await new Promise((wake) => { setTimeout(wake, 50); });
  }
}
