/**
 * Plugin packages at run time: looked at, installed, upgraded, rolled back and removed while payments go on. A step that fails leaves what was running as it was.
 */
import { oneAfterAnother, type PluginManifest } from '@hospay/plugin-sdk';
import { tierOf, type PackageVerdict, type TrustListBody, type VerifiedPackage } from '@hospay/plugin-sdk/package';
import { ok, refused, type Outcome, type Refused } from '../../domain/errors.js';
import type { Log } from '../../domain/log.js';
import { heard } from '../../domain/own-words.js';
import type { Clock, RandomSource } from '../../domain/time.js';
import type { InstanceConfiguration, PluginHost } from '../plugin-host.js';
import type { PluginPackage } from '../read-package.js';
import { testConnection } from './connection-test.js';
import { capabilityChanges, type CapabilityChange } from './capability-changes.js';
import type { InstalledPackages, InstalledVersion, Unpacked } from './installed-packages.js';
import type { InstalledPluginView, InstallReport, InstallRequest, InstallStep, ReceivedPackageView } from './package-view.js';
import { quickRun } from './quick-run.js';
import type { TrustedPublishers } from './trusted-publishers.js';

/** The instances of installed plugins: settings encrypted, one row each. */
export type InstanceRows = {
  list(): Promise<readonly InstanceConfiguration[]>;
  save(configuration: InstanceConfiguration, kind: 'channel' | 'hospitalAdapter' | 'report'): Promise<void>;
  remove(id: string): Promise<void>;
};

export type PackageDeskOptions = {
  readonly host: PluginHost;
  readonly packages: InstalledPackages;
  readonly trust: TrustedPublishers;
  readonly rows: InstanceRows;
  /** Ids of instances the configuration files name: not this desk's to change. */
  readonly configuredIds: readonly string[];
  /** 日切 by instance, as the configuration has them: also of those that are not installed yet. */
  readonly cutOffs: Readonly<Record<string, string>>;
  /** The hospital's merchant numbers: money may go to no other. */
  readonly merchants: readonly string[];
  /** Payments and refunds through this instance whose outcome is still open. */
  readonly openMoney: (instance: string) => Promise<number>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
};

export type PackageDesk = ReturnType<typeof createPackageDesk>;

/** What an installation would do. */
export type InstallPlan = {
  readonly verified: VerifiedPackage;
  readonly isUpgrade: boolean;
  /** The instance as it runs now, where the request names one. */
  readonly before: InstanceConfiguration | undefined;
  readonly configuration: InstanceConfiguration | undefined;
  /** When the bill day of the instance ends. Undefined: at midnight. */
  readonly cutOff: string | undefined;
  readonly current: InstalledVersion | undefined;
  readonly changes: readonly CapabilityChange[];
  readonly settingsSchema: object;
};

type Ready = Extract<Unpacked, { kind: 'unpacked' }>;

const INSTANCE_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function createPackageDesk({ host, packages, trust, rows, configuredIds, cutOffs, merchants, openMoney, clock, random, log }: PackageDeskOptions) {
  const instances = new Map<string, InstanceConfiguration>();
  /** One change at a time: two people at two consoles must not install into each other. */
  const inTurn = oneAfterAnother();
  const instancesOf = (id: string): InstanceConfiguration[] => [...instances.values()].filter(({ plugin }) => plugin === id);
  /** One statement has one end of its day: an installed instance that has this one's statement and another cut-off. */
  const cutOtherwise = ({ id, plugin, merchantNo }: InstanceConfiguration): InstanceConfiguration | undefined => instancesOf(plugin).find((other) => other.id !== id && other.merchantNo === merchantNo && cutOffs[other.id] !== cutOffs[id]);
  /** A plugin of the product itself, or one that lies in the product's folders. */
  const isProducts = (id: string): boolean => packages.find(id) === undefined && host.discover().some((found) => found.id === id);

  const prove = async (configuration: InstanceConfiguration, plugin: PluginPackage): Promise<{ readonly kind: 'proven'; readonly steps: InstallStep[] } | Refused> => {
    const secrets = (plugin.manifest.needs.secrets ?? []).flatMap((name) => (typeof configuration.settings[name] === 'string' ? [configuration.settings[name]] : []));
    const findings = await host.tryOut(configuration, plugin, 'none', (trial) => quickRun(trial, secrets, { clock, random }));
    if ('kind' in findings) return refused('PLUGIN_REFUSED', { zh: `${configuration.id} 未能启动：${heard(findings.reason).zh}`, en: `${configuration.id} does not start: ${findings.reason}` });
    const broken = findings.filter(({ kept }) => !kept);
    if (broken.length > 0) return refused('PLUGIN_REFUSED', { zh: `自检未通过：${broken.map(({ rule, found }) => `${rule}：${found}`).join('；')}`, en: `quick run: ${broken.map(({ rule, found }) => `${rule} is broken: ${found}`).join('; ')}` });
    const connected = await host.tryOut(configuration, plugin, 'allowed', (trial) => testConnection(trial, plugin.manifest, { clock, random }));
    if ('kind' in connected) return refused('PLUGIN_REFUSED', { zh: `${configuration.id} 未能启动：${heard(connected.reason).zh}`, en: `${configuration.id} does not start: ${connected.reason}` });
    if (connected.result === 'silent') return refused('PLUGIN_REFUSED', { zh: `${configuration.id} 连接测试未通过：${connected.found}；请检查参数和网络`, en: `connection test of ${configuration.id}: ${connected.found}; check its settings and the line` });
    return { kind: 'proven', steps: [{ step: 'quickRun', instance: configuration.id, found: `${String(findings.length)} checks kept` }, { step: 'connection', instance: configuration.id, found: connected.found }] };
  };

  const installNew = async (ready: Ready, configuration: InstanceConfiguration): Promise<Outcome<InstallReport>> => {
    const { manifest } = ready.package;
    const proven = await prove(configuration, ready.package);
    if (proven.kind === 'refused') return proven;
    const isFirst = packages.find(manifest.id) === undefined;
    if (isFirst) packages.makeCurrent(ready);
    host.discover();
    const started = await host.activate(configuration);
    if (started.state !== 'active' || started.kind === undefined || started.kind === 'bankLink') {
      await host.forget(configuration.id);
      if (isFirst) packages.remove(manifest.id);
      return refused('PLUGIN_REFUSED', { zh: `未能投入运行：${heard(started.reason ?? started.state).zh}`, en: `it did not become active: ${started.reason ?? started.state}` });
    }
    // Written down before the first payment can be routed to it.
    await rows.save(configuration, started.kind);
    instances.set(configuration.id, configuration);
    return ok({ id: manifest.id, version: manifest.version, previous: undefined, steps: [...proven.steps, { step: 'activation', instance: configuration.id, found: 'active' }] });
  };

  /** Routes every instance to another version; if one cannot go, all stay. */
  const replace = async (ready: Ready, wanted: readonly InstanceConfiguration[]): Promise<Outcome<InstallStep[]>> => {
    const before = packages.packageOf(ready.package.manifest.id);
    const moved: InstanceConfiguration[] = [];
    for (const configuration of wanted) {
      const result = await host.reload(configuration.id, { package: ready.package, configuration });
      if (result.kind === 'reloaded' && result.instance.state === 'active') {
        moved.push(configuration);
        continue;
      }
      const reason = result.kind === 'kept' ? result.reason : (result.instance.reason ?? result.instance.state);
      if (before !== undefined) for (const done of [...moved, ...(result.kind === 'kept' ? [] : [configuration])]) await host.reload(done.id, { package: before, configuration: instances.get(done.id) ?? done });
      return refused('PLUGIN_REFUSED', { zh: `${configuration.id} 的 ${ready.package.manifest.version} 版未能启动，原版本继续运行：${heard(reason).zh}`, en: `${configuration.id} did not start in ${ready.package.manifest.version}; the version before goes on: ${reason}` });
    }
    packages.makeCurrent(ready);
    host.discover();
    return ok(moved.map(({ id }) => ({ step: 'activation' as const, instance: id, found: `runs ${ready.package.manifest.version}` })));
  };

  const upgrade = async (ready: Ready, changed: InstanceConfiguration | undefined): Promise<Outcome<InstallReport>> => {
    const { manifest } = ready.package;
    const previous = packages.find(manifest.id)?.current.version;
    const wanted = instancesOf(manifest.id).map((configuration) => (configuration.id === changed?.id ? changed : configuration));
    const steps: InstallStep[] = [];
    for (const configuration of wanted) {
      const proven = await prove(configuration, ready.package);
      if (proven.kind === 'refused') return proven;
      steps.push(...proven.steps);
    }
    const routed = await replace(ready, wanted);
    if (routed.kind === 'refused') return routed;
    if (changed !== undefined) {
      await rows.save(changed, kindOf(manifest));
      instances.set(changed.id, changed);
    }
    return ok({ id: manifest.id, version: manifest.version, previous, steps: [...steps, ...routed.value] });
  };

  /** Every check that comes before anything runs; the same at the proposal, at its approval and when it is carried out. */
  const plan = async (request: InstallRequest): Promise<Outcome<InstallPlan>> => {
    const received = await packages.received(request.hash);
    if (received === undefined) return refused('NO_SUCH_ITEM', { zh: '没有收到该插件包，请重新上传文件', en: 'no such package was received: send its file again' });
    if (received.kind === 'refused') return refuse(received);
    const { manifest } = received.package;
    if (isProducts(manifest.id)) return refused('PLUGIN_REFUSED', { zh: `编号 ${manifest.id} 属于产品自带的插件`, en: `the id ${manifest.id} belongs to a plugin of the product itself` });
    const growing = capabilityChanges(packages.packageOf(manifest.id)?.manifest, manifest).filter(({ grows }) => grows);
    if (growing.length > 0 && !request.acceptsCapabilities) return refused('CONFLICT', { zh: `新版本要求更多权限：${growing.map(({ capability, after }) => `${capability} ${after}`).join('；')}；须勾选同意后再提交`, en: `it wants more than before: ${growing.map(({ capability, after }) => `${capability} ${after}`).join('; ')}; agree to it with acceptsCapabilities` });
    const known = request.instance === undefined ? undefined : instances.get(request.instance);
    const present = packages.find(manifest.id)?.current.hash;
    const isUpgrade = instancesOf(manifest.id).length > 0 && (known !== undefined || request.instance === undefined || present !== received.package.hash);
    if (request.instance !== undefined && known === undefined) {
      if (!INSTANCE_ID.test(request.instance) || request.instance.length > 64) return refused('MALFORMED_REQUEST', { zh: '实例编号须为小写字母和数字，以横线相连', en: 'instance: lower-case words of letters and digits joined by hyphens' });
      if (configuredIds.includes(request.instance)) return refused('CONFLICT', { zh: `配置文件中已有实例 ${request.instance}`, en: `the configuration already has an instance ${request.instance}` });
      if (isUpgrade) return refused('CONFLICT', { zh: `请先升级 ${manifest.id} 的现有实例，再新增实例`, en: `upgrade the instances of ${manifest.id} first, then add another` });
    }
    if (known !== undefined && known.plugin !== manifest.id) return refused('CONFLICT', { zh: `${known.id} 是插件 ${known.plugin} 的实例`, en: `${known.id} is an instance of ${known.plugin}` });
    if (!isUpgrade && (request.instance === undefined || request.settings === undefined)) return refused('MALFORMED_REQUEST', { zh: '新实例须给出实例编号和参数', en: 'instance, settings: a new instance needs both' });
    if (manifest.contributes.bankLinks !== undefined) return refused('PLUGIN_REFUSED', { zh: '插件包不能带来银企直联：医院付款账户在配置文件中，其插件随产品提供', en: 'a package cannot bring a bank link: the accounts the hospital pays from stand in its configuration, and their plugins come with the product' });
    const merchantNo = request.merchantNo ?? known?.merchantNo;
    if (manifest.contributes.channels !== undefined && (!isUpgrade || request.merchantNo !== undefined) && !merchants.includes(merchantNo ?? '')) {
      return refused('PLUGIN_REFUSED', { zh: `${merchantNo === undefined ? '未填写商户号' : `商户号 ${merchantNo} 不是本院的商户号`}：款项只能进入本院的商户号`, en: `merchantNo ${merchantNo ?? 'is missing: it'} must be one of the hospital's merchants: money may only go to the hospital` });
    }
    const configuration: InstanceConfiguration | undefined = request.instance === undefined ? undefined : {
      id: request.instance, plugin: manifest.id, settings: request.settings ?? known?.settings ?? {}, enabled: true, contribution: request.contribution ?? known?.contribution, merchantNo,
    };
    const beside = configuration === undefined || manifest.contributes.channels === undefined ? undefined : cutOtherwise(configuration);
    if (configuration !== undefined && beside !== undefined) return refused('CONFLICT', { zh: `${configuration.id} 与 ${beside.id} 共用一份对账单：请先在 settlement.cutOffs 中设为相同的日切`, en: `${configuration.id} and ${beside.id} share a statement: give them the same cut-off in settlement.cutOffs first` });
    return ok({ verified: received.package, isUpgrade, before: known, configuration, cutOff: configuration === undefined ? undefined : cutOffs[configuration.id], current: packages.find(manifest.id)?.current, changes: capabilityChanges(packages.packageOf(manifest.id)?.manifest, manifest), settingsSchema: settingsSchemaOf(received.package.files.get('schema/settings.json')) });
  };

  const describe = ({ manifest, hash, signers, files }: VerifiedPackage): ReceivedPackageView => ({
    hash,
    id: manifest.id,
    version: manifest.version,
    titleZh: manifest.title.zh,
    titleEn: manifest.title.en,
    publisher: manifest.publisher,
    signers,
    tier: tierOf({ manifest, files }),
    replaces: packages.find(manifest.id)?.current.version,
    capabilityChanges: capabilityChanges(packages.packageOf(manifest.id)?.manifest, manifest),
    settingsSchema: settingsSchemaOf(files.get('schema/settings.json')),
  });

  return {
    /** Reads what is installed and starts its instances. One that cannot run says why in the list of instances; the others start. */
    async start(): Promise<void> {
      await packages.load();
      host.discover();
      for (const configuration of await rows.list()) {
        if (configuredIds.includes(configuration.id)) {
          log.error('an installed instance has the id of a configured one and is not started', { instance: configuration.id });
          continue;
        }
        instances.set(configuration.id, configuration);
      }
      for (const channel of Object.keys(cutOffs)) if (!configuredIds.includes(channel) && !instances.has(channel)) log.warn('a cut-off is of a channel that is neither configured nor installed: correct its id, unless it is still to be installed', { channel });
      for (const configuration of instances.values()) {
        const beside = cutOtherwise(configuration);
        if (beside !== undefined) log.error('two instances share a statement and have different cut-offs: their payments stand under different bill days; give them the same in settlement.cutOffs', { instance: configuration.id, beside: beside.id });
      }
      await Promise.all([...instances.values()].map((configuration) => host.activate(configuration)));
    },
    /** Channels that take new payments beside the configured ones. */
    instances: (): readonly InstanceConfiguration[] => [...instances.values()],
    find: (id: string): InstanceConfiguration | undefined => instances.get(id),
    merchants,
    list(): readonly InstalledPluginView[] {
      const readings = new Map(packages.readings().map((reading) => [reading.kind === 'fits' ? reading.package.manifest.id : reading.id, reading]));
      return packages.list().map(({ id, current, previous }) => {
        const reading = readings.get(id);
        return { id, current, previous, instances: instancesOf(id).map((instance) => instance.id), refused: reading?.kind === 'refused' ? reading.reason : undefined };
      });
    },
    trustList() {
      const { serial, issuedAt, publishers, revokedKeys, revokedPackages } = trust.current();
      return { serial, issuedAt, publishers: publishers.map(({ keyId, publisher }) => ({ keyId, publisher })), withdrawnKeys: revokedKeys.length, withdrawnPackages: revokedPackages.length };
    },
    /** Takes a newer trust list. What it withdraws stops at once: its open payments wait, and are asked about when a version that may run is installed. */
    changeTrustList: (text: string): Promise<Outcome<{ readonly serial: number; readonly stopped: readonly string[] }>> =>
      inTurn(async () => {
        const changed = trust.change(text);
        if (changed.kind === 'refused') return refused('PLUGIN_REFUSED', heard(changed.reason));
        const withdrawn = await packages.checkAgain();
        host.discover();
        const stopped = [...instances.values()].filter(({ plugin }) => withdrawn.includes(plugin));
        for (const configuration of stopped) await host.activate(configuration);
        return ok({ serial: changed.serial, stopped: stopped.map(({ id }) => id) });
      }),
    /** Verifies a package and says what installing it would mean. Runs nothing of it. */
    async receive(bytes: Uint8Array): Promise<Outcome<ReceivedPackageView>> {
      const received = await packages.receive(bytes);
      return received.kind === 'refused' ? refuse(received) : ok(describe(received.package));
    },
    /** Everything that can be known of an installation without running anything of it. */
    lookAt: (request: InstallRequest): Promise<Outcome<InstallPlan>> => plan(request),
    /** Installs what was received, or upgrades to it: quick run without a network, connection test, then the new code beside the old, then the route, then the old is drained. */
    install: (request: InstallRequest): Promise<Outcome<InstallReport>> =>
      inTurn(async () => {
        const planned = await plan(request);
        if (planned.kind === 'refused') return planned;
        const { verified, isUpgrade, before, configuration } = planned.value;
        const ready = await packages.unpackReceived(verified.manifest.id, verified.hash);
        if (ready.kind === 'refused') return refused('PLUGIN_REFUSED', heard(ready.reason));
        if (isUpgrade) return upgrade(ready, before === undefined ? undefined : configuration);
        return configuration === undefined ? refused('MALFORMED_REQUEST', { zh: '新实例须给出实例编号和参数', en: 'instance, settings: a new instance needs both' }) : installNew(ready, configuration);
      }),
    /** A newer trust list as it would be taken. */
    lookAtTrustList: (text: string): Outcome<{ readonly before: TrustListBody; readonly after: TrustListBody }> => {
      const read = trust.look(text);
      return read.kind === 'refused' ? refused('PLUGIN_REFUSED', heard(read.reason)) : ok({ before: trust.current(), after: read.body });
    },
    isTrustList: (text: string): boolean => trust.isCurrent(text),
    /** The plugin a received package is of. */
    async idOfReceived(hash: string): Promise<string | undefined> {
      const received = await packages.received(hash);
      return received?.kind === 'received' ? received.package.manifest.id : undefined;
    },
    /** Why it would not be removed now. */
    whyNotRemove: (id: string): Promise<Refused | undefined> => (packages.find(id) === undefined ? Promise.resolve(refused('NO_SUCH_ITEM')) : stillOpen(instancesOf(id))),
    /** The settings schema of an instance's plugin as it runs now. */
    schemaOf: (id: string): unknown => host.inspect().find(({ configuration }) => configuration.id === id)?.settingsSchema,
    /** Back to the version before. It ran here, so it is not proven again: what must end is the version that runs now. */
    rollBack: (id: string): Promise<Outcome<InstallReport>> =>
      inTurn(async () => {
        const present = packages.find(id);
        if (present === undefined) return refused('NO_SUCH_ITEM');
        const ready = await packages.unpackPrevious(id);
        if (ready.kind === 'refused') return refused('CONFLICT', heard(ready.reason));
        const routed = await replace(ready, instancesOf(id));
        return routed.kind === 'refused' ? routed : ok({ id, version: ready.package.manifest.version, previous: present.current.version, steps: routed.value });
      }),
    /** Runs an instance with other settings: the new beside the old, then the route, then the old is drained. If the new one does not start the old goes on. */
    replaceSettings: (id: string, settings: Readonly<Record<string, unknown>>): Promise<Outcome<{ readonly found: string }>> =>
      inTurn(async () => {
        const known = instances.get(id);
        const plugin = known === undefined ? undefined : packages.packageOf(known.plugin);
        if (known === undefined || plugin === undefined) return refused('NO_SUCH_ITEM');
        const configuration = { ...known, settings };
        const result = await host.reload(id, { package: plugin, configuration });
        if (result.kind === 'kept') return refused('PLUGIN_REFUSED', { zh: `原参数继续运行：${heard(result.reason).zh}`, en: `the settings before go on: ${result.reason}` });
        if (result.instance.state !== 'active' || result.instance.kind === undefined || result.instance.kind === 'bankLink') {
          await host.reload(id, { package: plugin, configuration: known });
          return refused('PLUGIN_REFUSED', { zh: `未能投入运行，原参数继续运行：${heard(result.instance.reason ?? result.instance.state).zh}`, en: `it did not become active, the settings before go on: ${result.instance.reason ?? result.instance.state}` });
        }
        await rows.save(configuration, result.instance.kind);
        instances.set(id, configuration);
        return ok({ found: 'active' });
      }),
    /** Stops and removes a plugin, unless money is still open through it. What its instances wrote into their stores stays. */
    remove: (id: string): Promise<Outcome<{ readonly instances: readonly string[] }>> =>
      inTurn(async () => {
        if (packages.find(id) === undefined) return refused('NO_SUCH_ITEM');
        const mine = instancesOf(id);
        // Out of the routing first: from here on no new payment can choose it.
        for (const { id: instance } of mine) instances.delete(instance);
        const giveBack = (): void => { for (const configuration of mine) instances.set(configuration.id, configuration); };
        const open = await stillOpen(mine);
        if (open !== undefined) {
          giveBack();
          return open;
        }
        for (const { id: instance } of mine) await host.deactivate(instance);
        // A payment that had already chosen it may have been committed meanwhile.
        const late = await stillOpen(mine);
        if (late !== undefined) {
          giveBack();
          for (const configuration of mine) await host.activate(configuration);
          return late;
        }
        for (const { id: instance } of mine) {
          await rows.remove(instance);
          await host.forget(instance);
        }
        packages.remove(id);
        host.discover();
        return ok({ instances: mine.map(({ id: instance }) => instance) });
      }),
  };

  async function stillOpen(mine: readonly InstanceConfiguration[]): Promise<Refused | undefined> {
    for (const { id } of mine) {
      const count = await openMoney(id);
      if (count > 0) return refused('CONFLICT', { zh: `经 ${id} 的支付或退款还有 ${String(count)} 笔未了结，只有该插件能查询其结果`, en: `${String(count)} payments or refunds through ${id} are still open: only this plugin can ask about them` });
    }
    return undefined;
  }
}

function kindOf({ contributes: { channels, reports } }: PluginManifest): 'channel' | 'hospitalAdapter' | 'report' {
  if (reports !== undefined) return 'report';
  return channels === undefined ? 'hospitalAdapter' : 'channel';
}

/** What is wrong with a package, in Chinese; the verifier's own words follow where they name what was found. */
const VERDICT_WORDS = {
  archive: '插件包文件损坏或不是 .hpx 文件', sums: '包内文件与清单不符（打包后被改动、增加或删除）', manifest: '插件说明文件 plugin.json 不符合要求', sdk: '插件要求的接口版本与本平台不符', unsigned: '没有受信任的厂商密钥签名', revoked: '该插件包或其签名密钥已被收回',
} as const satisfies Record<Extract<PackageVerdict, { kind: 'refused' }>['code'], string>;

function refuse({ code, reason }: Extract<PackageVerdict, { kind: 'refused' }>): Refused {
  return refused('PLUGIN_REFUSED', { zh: `${VERDICT_WORDS[code]}：${heard(reason).zh}`, en: `${code}: ${reason}` });
}

function settingsSchemaOf(bytes: Uint8Array | undefined): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes ?? new Uint8Array()).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
