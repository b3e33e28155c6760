import { isIP } from 'node:net';
import { checkBackupPlace } from './check-backups.js';
import { checkMonitoring } from './check-monitoring.js';
import { minutesOf } from '../domain/opening-hours.js';
import type { ConfigurationProblem } from './configuration-error.js';
import type { Configuration } from './configuration-schema.js';

/** What a schema cannot say: keys that must agree with one another. */
export function checkMeaning(configuration: Configuration, originOf: (key: string) => string): ConfigurationProblem[] {
  const { hospital, mqtt, channels, bankLinks = [], reports = [], terminals, routing, tasks, payments, checkout, disk } = configuration;
  const problems: ConfigurationProblem[] = [];
  const refuse = (key: string, expects: string, nextStep: string) => problems.push({ key, expects, origin: originOf(key), nextStep });

  if (mqtt.mode === 'external' && mqtt.url === undefined) refuse('mqtt.url', 'is required when mqtt.mode is external', 'set mqtt.url to the broker, for example mqtts://broker:8883');
  if (mqtt.mode === 'external' && mqtt.corePassword === undefined) refuse('mqtt.corePassword', 'is required when mqtt.mode is external', 'set it as { secret: NAME }');
  const { tls } = configuration.http;
  tls?.names.forEach((name, index) => {
    if (isIP(name) === 0 && !/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(name)) refuse(`http.tls.names.${String(index)}`, `must be a host name or an address; "${name}" is none`, 'write pay.hospital.example, 10.20.0.5 or fd00::5, without port and https://');
  });
  if (tls !== undefined && [configuration.http.paymentPort, configuration.http.consolePort].includes(tls.plainPort)) refuse('http.tls.plainPort', 'must be a port of its own', 'choose another, for example 8000');
  configuration.http.consoleAllowedAddresses.forEach((entry, index) => {
    if (!isNetwork(entry)) refuse(`http.consoleAllowedAddresses.${String(index)}`, `must be an address or a network; "${entry}" is none`, 'write 10.20.0.0/16, 10.20.3.7 or fd00::/8');
  });
  if (!(disk.warnPercent < disk.clearPercent && disk.clearPercent < disk.refusePaymentsPercent)) refuse('disk.clearPercent', 'must lie between disk.warnPercent and disk.refusePaymentsPercent', 'write for example 85, 90 and 97');
  if (disk.warnBelowMegabytes < disk.refusePaymentsBelowMegabytes) refuse('disk.warnBelowMegabytes', 'must not be smaller than disk.refusePaymentsBelowMegabytes', 'warn before refusing');
  if (payments.confirmEscalationSeconds < (payments.confirmRhythmSeconds[0] ?? 0)) {
    refuse('payments.confirmEscalationSeconds', 'must not be shorter than the first wait of payments.confirmRhythmSeconds', 'escalate only after a second attempt');
  }
  const campuses = new Set(hospital.campuses.map(({ id }) => id));
  const merchants = new Set(hospital.merchants.map(({ merchantNo }) => merchantNo));
  hospital.merchants.forEach(({ campus }, index) => {
    if (!campuses.has(campus)) refuse(`hospital.merchants.${index}.campus`, `must be one of the campuses: ${[...campuses].join(', ')}`, 'correct the campus id');
  });
  channels.forEach(({ merchantNo }, index) => {
    if (!merchants.has(merchantNo)) refuse(`channels.${index}.merchantNo`, 'must be listed in hospital.merchants', 'add the merchant there: money may only go to the hospital');
  });
  const instances = new Set([...channels.map(({ id }) => id), ...(configuration.plugins.instances ?? [])]);
  for (const { id } of channels) if (configuration.plugins.instances?.includes(id) === true) refuse('plugins.instances', `must not repeat a configured channel; "${id}" is one`, 'remove it there');
  routing.forEach(({ when, channels: wanted }, index) => {
    for (const id of wanted) if (!instances.has(id)) refuse(`routing.${index}.channels`, `must name configured channels; "${id}" is none of ${[...instances].join(', ')}`, 'correct the channel id');
    for (const id of when.campuses ?? []) if (!campuses.has(id)) refuse(`routing.${index}.when.campuses`, `must be among the campuses: ${[...campuses].join(', ')}`, 'correct the campus id');
    if (when.fromFen !== undefined && when.toFen !== undefined && when.fromFen > when.toFen) refuse(`routing.${index}.when.toFen`, 'must not be smaller than fromFen', 'swap them');
  });
  for (const [wallet, ids] of Object.entries(checkout.wallets)) {
    for (const id of ids) if (!instances.has(id)) refuse(`checkout.wallets.${wallet}`, `must name configured channels; "${id}" is none of ${[...instances].join(', ')}`, 'correct the channel id');
    for (const id of repeated(ids)) refuse(`checkout.wallets.${wallet}`, `must not name a channel twice; "${id}" is`, 'remove one of them');
  }
  if (checkout.publicBaseUrl?.startsWith('http:') === true && !/^http:\/\/(127\.|localhost[:/]?|\[::1\])/.test(checkout.publicBaseUrl)) refuse('checkout.publicBaseUrl', 'must begin with https: the address of a code is all one needs to open its page', 'switch http.tls on, or put the listener behind a reverse proxy with TLS');
  if (checkout.publicBaseUrl !== undefined && Object.keys(checkout.wallets).length === 0) refuse('checkout.wallets', 'must name at least one channel when checkout.publicBaseUrl is set', 'name the channels of each wallet, or remove the address');
  for (const key of repeated(routing.map(({ name }) => name))) refuse('routing', `rule names must differ; "${key}" is used twice`, 'rename one of them');
  for (const key of repeated([configuration.his.id, ...channels.map(({ id }) => id), ...bankLinks.map(({ id }) => id), ...reports.map(({ id }) => id)])) {
    refuse('channels', `instance ids must differ; "${key}" is used twice`, 'give every channel, every bank link, every report plugin and the HIS its own id');
  }
  for (const { id } of bankLinks) if (configuration.plugins.instances?.includes(id) === true) refuse('plugins.instances', `must not repeat a configured bank link; "${id}" is one`, 'remove it there');
  (terminals.openingHours ?? []).forEach(({ from, to, campuses: named = [], groups }, index) => {
    if (minutesOf(from) >= minutesOf(to)) refuse(`terminals.openingHours.${index}.to`, 'must be later than from', 'write hours over midnight as two rules');
    for (const id of named) if (!campuses.has(id)) refuse(`terminals.openingHours.${index}.campuses`, `must be among the campuses: ${[...campuses].join(', ')}`, 'correct the campus id');
    if (named.length > 0 && groups !== undefined) refuse(`terminals.openingHours.${index}`, 'must name campuses or groups, not both', 'write two rules');
  });
  for (const { id } of reports) if (configuration.plugins.instances?.includes(id) === true) refuse('plugins.instances', `must not repeat a configured report plugin; "${id}" is one`, 'remove it there');
  // Two ways out of one account would be two statements of it, and nobody to ask about a transfer.
  for (const key of repeated(bankLinks.flatMap(({ accountNos }) => accountNos))) refuse('bankLinks', `an account belongs to one link; ****${key.slice(-4)} is named under two`, 'remove it from one of them');
  // A digit that differs between the two would leave the account without its link, and nobody would be told.
  for (const { accountNos } of bankLinks) {
    for (const key of accountNos) if (!configuration.payouts.accounts.some(({ accountNo }) => accountNo === key)) refuse('bankLinks', `must name accounts of payouts.accounts; ****${key.slice(-4)} is not one`, 'list the account there, or correct its number');
  }
  for (const key of repeated(configuration.payouts.accounts.map(({ id }) => id))) refuse('payouts.accounts', `account ids must differ; "${key}" is used twice`, 'rename one of them');
  for (const key of repeated(configuration.payouts.accounts.map(({ accountNo }) => accountNo))) refuse('payouts.accounts', `an account is listed once; ****${key.slice(-4)} is there twice`, 'remove one of them');
  configuration.settlement.arrivals.forEach(({ source, account }, index) => {
    if (source !== 'deposits' && !instances.has(source)) refuse(`settlement.arrivals.${index}.source`, `must name a configured channel, or be deposits; "${source}" is none of ${[...instances].join(', ')}`, 'correct the channel id');
    if (!configuration.payouts.accounts.some(({ id }) => id === account)) refuse(`settlement.arrivals.${index}.account`, 'must be among payouts.accounts', 'add the account there, or correct the id');
  });
  configuration.settlement.shares.forEach(({ campus, account }, index) => {
    if (!campuses.has(campus)) refuse(`settlement.shares.${index}.campus`, `must be one of the campuses: ${[...campuses].join(', ')}`, 'correct the campus id');
    if (!configuration.payouts.accounts.some(({ id }) => id === account)) refuse(`settlement.shares.${index}.account`, 'must be among payouts.accounts', 'add the account there, or correct the id');
  });
  for (const key of repeated(configuration.settlement.shares.map(({ campus }) => campus))) refuse('settlement.shares', `a campus keeps its money in one account; "${key}" has two`, 'remove one of them');
  configuration.settlement.cutOffs.forEach(({ channel, at }, index) => {
    const own = configuration.channels.find(({ id }) => id === channel);
    // Of a channel that is installed at run time, now or later: the package desk knows which there are.
    if (own === undefined) return;
    const beside = configuration.channels.filter(({ id, plugin, merchantNo }) => id !== channel && plugin === own.plugin && merchantNo === own.merchantNo);
    for (const { id } of beside) if (!configuration.settlement.cutOffs.some((other) => other.channel === id && other.at === at)) refuse(`settlement.cutOffs.${index}.at`, `${channel} and ${id} share a statement: their day ends at the same time`, `give ${id} the same`);
  });
  for (const key of repeated(configuration.settlement.cutOffs.map(({ channel }) => channel))) refuse('settlement.cutOffs', `a channel has one cut-off; "${key}" has two`, 'remove one of them');
  configuration.settlement.contracts.forEach(({ source }, index) => {
    if (!instances.has(source)) refuse(`settlement.contracts.${index}.source`, `must name a configured channel; "${source}" is none of ${[...instances].join(', ')}`, 'correct the channel id');
  });
  for (const key of repeated(configuration.settlement.contracts.map(({ source, from }) => `${source} from ${from}`))) refuse('settlement.contracts', `a source has one contract from a day on; ${key} is there twice`, 'remove one of them');
  for (const key of repeated(configuration.settlement.arrivals.map(({ source }) => source))) refuse('settlement.arrivals', `a source comes to one account; "${key}" has two rules`, 'remove one of them');
  for (const day of configuration.settlement.holidays) if (configuration.settlement.workdays.includes(day)) refuse('settlement.workdays', `a day is worked or not; ${day} is a holiday too`, 'remove it from one of the lists');
  configuration.provision.applications.forEach(({ permissions, merchantNo }, index) => {
    if (permissions.includes('merchant') !== (merchantNo !== undefined)) refuse(`provision.applications.${String(index)}.merchantNo`, 'belongs to the permission merchant, and the permission to it', 'give both or neither');
    else if (merchantNo !== undefined && !merchants.has(merchantNo)) refuse(`provision.applications.${String(index)}.merchantNo`, 'must be listed in hospital.merchants', 'name a merchant of the hospital');
  });
  const { keepDays, lookBackDays, push } = configuration.statementFiles;
  if (keepDays <= lookBackDays) refuse('statementFiles.keepDays', 'must be longer than statementFiles.lookBackDays', 'keep files longer than days may change');
  for (const key of repeated(configuration.queue.sinks.map(({ name }) => name))) refuse('queue.sinks', `sink names must differ; "${key}" is used twice`, 'rename one of them: each has its own place in the events');
  for (const key of repeated(push.map(({ application, scope }) => (scope === 'hospital' ? 'the whole hospital' : application)))) refuse('statementFiles.push', `each file is pushed once; "${key}" is there twice`, 'remove one of them');
  for (const key of repeated(tasks.map(({ name }) => name))) refuse('tasks', `task names must differ; "${key}" is used twice`, 'remove one of them');
  for (const key of repeated(configuration.backups.targets.map(({ id }) => id))) refuse('backups.targets', `ids of targets must differ; "${key}" is used twice`, 'rename one of them');
  configuration.backups.targets.forEach((target, index) => {
    for (const { key, expects, nextStep } of checkBackupPlace(target)) refuse(`backups.targets.${String(index)}${key === '' ? '' : `.${key}`}`, expects, nextStep);
  });
  checkMonitoring(configuration.monitoring, refuse);
  return problems;
}

function repeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

function isNetwork(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const version = isIP(address);
  return version !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)));
}
