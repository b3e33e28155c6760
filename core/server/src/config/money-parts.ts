/** The parts of the configuration that decide where money goes and who may send it: they take effect as two persons approved them, whatever the file says (变更申请). */
import { Check } from 'typebox/value';
import { isRecord } from '../domain/is-record.js';
import { checkMeaning } from './check-meaning.js';
import { ConfigurationError } from './configuration-error.js';
import { ConfigurationSchema, type Configuration } from './configuration-schema.js';

const KEYS = ['his', 'channels', 'bankLinks', 'routing', 'payouts', 'settlement', 'approvals', 'counters', 'checkout', 'quickPay', 'plugins'] as const;

/** Whether two persons approve it before it runs; `key` dotted, as `hospay config` prints it. */
export function isMoneyPart(key: string): boolean {
  return ['hospital.merchants', 'provision.applications', ...KEYS].some((part) => key === part || key.startsWith(`${part}.`));
}

export type MoneyParts = Pick<Configuration, (typeof KEYS)[number]> & {
  readonly merchants: Configuration['hospital']['merchants'];
  /** Applications and their keys, as provisioning would make them. */
  readonly applications: Configuration['provision']['applications'];
  /** The text of the configured trust list. */
  readonly trustList?: string | undefined;
};

export function moneyPartsOf(configuration: Configuration, trustList: string | undefined): MoneyParts {
  const { his, channels, bankLinks, routing, payouts, settlement, approvals, counters, checkout, quickPay, plugins, hospital, provision } = configuration;
  return {
    his, channels, routing, payouts, settlement, approvals, counters, checkout, quickPay, plugins, merchants: hospital.merchants, applications: provision.applications,
    ...(bankLinks === undefined ? {} : { bankLinks }), ...(trustList === undefined ? {} : { trustList }),
  };
}

/**
 * The file's configuration with these parts in place of its own. Undefined: they are of another version of the platform.
 * @throws ConfigurationError when what stands beside them in the file contradicts them.
 */
export function withMoneyParts(configuration: Configuration, parts: unknown): { readonly configuration: Configuration; readonly trustList: string | undefined } | undefined {
  if (!isRecord(parts)) return undefined;
  const { merchants, applications, trustList, ...own } = parts;
  const { bankLinks: _fromFile, ...rest } = configuration;
  const mixed: unknown = { ...rest, ...own, hospital: { ...configuration.hospital, merchants }, provision: { ...configuration.provision, applications } };
  if (!Check(ConfigurationSchema, mixed) || (trustList !== undefined && typeof trustList !== 'string')) return undefined;
  const problems = checkMeaning(mixed, () => 'the file beside what was approved');
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { configuration: mixed, trustList };
}
