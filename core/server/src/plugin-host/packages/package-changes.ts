/** Plugin packages as changes (变更申请): what a person is shown of an installation, a way back, a removal or another trust list, and how it is made. */
import { isDeepStrictEqual } from 'node:util';
import type { TrustListBody } from '@hospay/plugin-sdk/package';
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { ChangeAct } from '../../changes/ports.js';
import type { AuditTrail } from '../../domain/audit.js';
import { changedLines, changeLine as line, type ChangeLine } from '../../domain/change-proposal.js';
import { ok, refused, type Outcome } from '../../domain/errors.js';
import { redactText } from '../../domain/sensitive.js';
import type { KeyedFingerprint } from '../describe-settings.js';
import { maskedSettings } from '../masked-settings.js';
import type { PackageDesk } from './package-desk.js';

const Settings = Type.Record(Type.String(), Type.Unknown());
const Text = Type.String();
const InstallContent = Type.Object({ hash: Text, instance: Type.Optional(Text), contribution: Type.Optional(Text), merchantNo: Type.Optional(Text), settings: Type.Optional(Settings), acceptsCapabilities: Type.Boolean() });
const RollBackContent = Type.Object({ id: Text, hash: Type.Optional(Text) });
const RemoveContent = Type.Object({ id: Text });
const TrustContent = Type.Object({ text: Text });

export type PackageChangePorts = { readonly desk: PackageDesk; readonly keyedFingerprint: KeyedFingerprint; readonly audit: AuditTrail };

export function packageChanges({ desk, keyedFingerprint, audit }: PackageChangePorts): readonly ChangeAct[] {
  const installed = (id: string) => desk.list().find((plugin) => plugin.id === id);
  /** Settings hold secrets: what is written down of a change is its result. */
  const recorded = async <Value extends object>(who: string, what: string, object: string, result: Outcome<Value>): Promise<Outcome<Value>> => {
    await audit.record({ who, what, object, after: result.kind === 'ok' ? { ...result.value } : { refused: result.code, detail: redactText(result.detail ?? '') } });
    return result;
  };
  const maskedOf = (id: string, schema: unknown, settings: Readonly<Record<string, unknown>> | undefined, secrets?: readonly string[]) => maskedSettings(schema, settings ?? {}, id, keyedFingerprint, secrets);

  const install: ChangeAct = {
    kind: 'pluginInstall',
    async draw(asked) {
      const content = Parse(InstallContent, asked);
      const planned = await desk.lookAt(content);
      if (planned.kind === 'refused') return planned;
      const { verified, before, configuration, cutOff, current, changes, settingsSchema } = planned.value;
      const { manifest, hash, signers } = verified;
      const isKnownPublisher = desk.list().some((plugin) => plugin.current.publisher === manifest.publisher);
      const movesMoney = before !== undefined && before.merchantNo !== configuration?.merchantNo;
      const [was, willBe] = configuration === undefined ? [new Map<string, string>(), new Map<string, string>()] : [maskedOf(configuration.id, desk.schemaOf(configuration.id), before?.settings, manifest.needs.secrets), maskedOf(configuration.id, settingsSchema, configuration.settings, manifest.needs.secrets)];
      const lines: ChangeLine[] = [
        line('version', current?.version, manifest.version), line('package', current?.hash.slice(0, 16), hash.slice(0, 16)), line('publisher', current?.publisher, manifest.publisher), line('signers', current?.signers.join(', '), signers.map(({ keyId }) => keyId).join(', ')),
        ...(configuration === undefined ? [] : [line('instance', before?.id, configuration.id), line('merchantNo', before?.merchantNo, configuration.merchantNo), line('contribution', before?.contribution, configuration.contribution), line('cutOff', before === undefined ? undefined : cutOff, cutOff)]),
        ...changes.map(({ capability, before: had, after: has }) => line(`capability.${capability}`, had === '' || had === '0' ? undefined : had, has)),
        ...changedLines('settings.', was, willBe),
      ].filter((one) => one.before !== one.after);
      // A publisher whose code runs here already was approved by two; where the money goes always is.
      return ok({ subject: `plugin ${manifest.id}`, content, masked: { ...content, cutOff, settings: content.settings === undefined ? undefined : [...willBe] }, lines, levels: isKnownPublisher && !movesMoney ? 1 : 2 });
    },
    async present(asked) {
      const { hash, instance } = Parse(InstallContent, asked);
      const id = await desk.idOfReceived(hash);
      const configuration = instance === undefined ? undefined : desk.find(instance);
      return { plugin: id === undefined ? undefined : { id, current: installed(id)?.current.hash, instances: installed(id)?.instances }, configuration: configuration === undefined ? undefined : { ...configuration, settings: [...maskedOf(configuration.id, desk.schemaOf(configuration.id), configuration.settings)] } };
    },
    isDone(asked) {
      const { hash, instance, settings, merchantNo } = Parse(InstallContent, asked);
      const plugin = desk.list().find(({ current }) => current.hash === hash);
      if (plugin === undefined || plugin.instances.length === 0) return Promise.resolve(false);
      const configuration = instance === undefined ? undefined : desk.find(instance);
      return Promise.resolve(instance === undefined || (configuration !== undefined && (settings === undefined || isDeepStrictEqual(configuration.settings, settings)) && (merchantNo === undefined || configuration.merchantNo === merchantNo)));
    },
    async apply(asked, { proposedBy }) {
      const content = Parse(InstallContent, asked);
      return recorded(proposedBy, 'plugin.install', `plugin package ${content.hash.slice(0, 16)}${content.instance === undefined ? '' : ` for ${content.instance}`}`, await desk.install(content));
    },
  };

  const rollBack: ChangeAct = {
    kind: 'pluginRollBack',
    draw(asked) {
      const { id, hash } = Parse(RollBackContent, asked);
      const plugin = installed(id);
      if (plugin === undefined) return Promise.resolve(refused('NO_SUCH_ITEM'));
      const { current, previous } = plugin;
      if (previous === undefined) return Promise.resolve(refused('CONFLICT', { zh: '没有保存上一版本，不能回退', en: 'no version before this one is kept' }));
      if (hash !== undefined && previous.hash !== hash) return Promise.resolve(refused('CONFLICT', { zh: '上一版本已变，请刷新后重新提交', en: 'another version is the one before by now' }));
      const content = { id, hash: previous.hash };
      return Promise.resolve(ok({ subject: `plugin ${id}`, content, masked: content, levels: 1, lines: [line('version', current.version, previous.version), line('package', current.hash.slice(0, 16), previous.hash.slice(0, 16)), line('publisher', current.publisher, previous.publisher)].filter((one) => one.before !== one.after) }));
    },
    present(asked) {
      const plugin = installed(Parse(RollBackContent, asked).id);
      return Promise.resolve([plugin?.current.hash, plugin?.previous?.hash]);
    },
    isDone(asked) {
      const { id, hash } = Parse(RollBackContent, asked);
      return Promise.resolve(installed(id)?.current.hash === hash);
    },
    async apply(asked, { proposedBy }) {
      const { id } = Parse(RollBackContent, asked);
      return recorded(proposedBy, 'plugin.rollBack', `plugin ${id}`, await desk.rollBack(id));
    },
  };

  const remove: ChangeAct = {
    kind: 'pluginRemove',
    async draw(asked) {
      const content = Parse(RemoveContent, asked);
      const { id } = content;
      const why = await desk.whyNotRemove(id);
      if (why !== undefined) return why;
      const plugin = installed(id);
      return ok({ subject: `plugin ${id}`, content, masked: content, levels: 1, lines: [line('version', plugin?.current.version, undefined), ...(plugin?.instances ?? []).map((instance) => line('instance', instance, undefined))] });
    },
    present(asked) {
      const plugin = installed(Parse(RemoveContent, asked).id);
      return Promise.resolve([plugin?.current.hash, plugin?.instances]);
    },
    isDone: (asked) => Promise.resolve(installed(Parse(RemoveContent, asked).id) === undefined),
    async apply(asked, { proposedBy }) {
      const { id } = Parse(RemoveContent, asked);
      return recorded(proposedBy, 'plugin.remove', `plugin ${id}`, await desk.remove(id));
    },
  };

  const trustList: ChangeAct = {
    kind: 'trustList',
    draw(asked) {
      const content = Parse(TrustContent, asked);
      const read = desk.lookAtTrustList(content.text);
      if (read.kind === 'refused') return Promise.resolve(read);
      const { before, after } = read.value;
      const trustsMore = keysOf(after).some((key) => !keysOf(before).includes(key));
      return Promise.resolve(ok({ subject: 'trust list', content, masked: content, levels: trustsMore ? 2 : 1, lines: trustLines(before, after) }));
    },
    present: () => Promise.resolve(desk.trustList().serial),
    isDone: (asked) => Promise.resolve(desk.isTrustList(Parse(TrustContent, asked).text)),
    async apply(asked, { proposedBy }) {
      return recorded(proposedBy, 'plugin.trustList', 'trust list', await desk.changeTrustList(Parse(TrustContent, asked).text));
    },
  };
  return [install, rollBack, remove, trustList];
}

function keysOf({ roots, publishers }: TrustListBody): readonly string[] {
  return [...roots.map(({ keyId, publisher }) => `root ${publisher} (${keyId})`), ...publishers.map(({ keyId, publisher }) => `${publisher} (${keyId})`)];
}

function trustLines(before: TrustListBody, after: TrustListBody): readonly ChangeLine[] {
  const [had, has] = [keysOf(before), keysOf(after)];
  return [
    line('serial', String(before.serial), String(after.serial)),
    ...had.filter((key) => !has.includes(key)).map((key) => line('trusted', key, undefined)), ...has.filter((key) => !had.includes(key)).map((key) => line('trusted', undefined, key)),
    line('withdrawnKeys', String(before.revokedKeys.length), String(after.revokedKeys.length)), line('withdrawnPackages', String(before.revokedPackages.length), String(after.revokedPackages.length)),
  ].filter((one) => one.before !== one.after);
}
