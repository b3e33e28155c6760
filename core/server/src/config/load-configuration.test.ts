import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Check } from 'typebox/value';
import { checkoutPolicyOf } from './checkout-policy-of.js';
import { ConfigurationError } from './configuration-error.js';
import { ConfigurationSchema, configurationJsonSchema } from './configuration-schema.js';
import { describeConfiguration, listConfiguration } from './describe-configuration.js';
import { listParameters } from './list-parameters.js';
import { loadConfiguration } from './load-configuration.js';
import { paymentPolicyOf } from './payment-policy-of.js';

const PROFILE_FOLDER = join(import.meta.dirname, '../../../../config/profiles');
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const DEFAULTS = `
dataFolder: data
http: { host: 127.0.0.1, paymentPort: 8080, consolePort: 8090, consoleAllowedAddresses: [] }
users: { separatedDuties: false, secondFactorFor: [administrator] }
mqtt: { mode: embedded, host: 127.0.0.1, port: 1883, websocketPort: 9001, enrolPort: 1884, coreUsername: core }
terminals: { clockSkewAlarmSeconds: 30, reportEverySeconds: 60, certificateDays: 90 }
store: { kind: sqlite }
plugins: { folders: [plugins] }
routing: []
payments: { quoteMarginSeconds: 60, qrLifetimeSeconds: 300, paymentCodeLifetimeSeconds: 60, bankCardLifetimeSeconds: 180, tenderLifetimeSeconds: 1200, promptQueryRhythmSeconds: [5], closeMarginSeconds: 330, queryRhythmSeconds: [10], refundQueryRhythmSeconds: [60], confirmRhythmSeconds: [2], confirmEscalationSeconds: 600, refundEscalationSeconds: 60, unknownEscalationSeconds: 60, tellOwnerRhythmSeconds: [15] }
checkout: { wallets: {}, methods: { wechat: [jsapi], alipay: [h5], unionpay: [h5], eCny: [h5], browser: [h5] }, userAgents: { wechat: [MicroMessenger] }, showPatientLabel: true, billCodeLifetimeSeconds: 86400, quoteReuseSeconds: 60 }
statementFiles: { keepDays: 400, lookBackDays: 100, push: [] }
queue: { sinks: [] }
payouts: { accounts: [], secondApprovalFromFen: 5000000, approvalSeconds: 86400, queryRhythmSeconds: [30, 60, 300, 900, 3600], unknownEscalationSeconds: 3600, lateEscalationSeconds: 86400, absentFinalDays: 1, returnWatchDays: 7, statementLateDays: 3 }
quickPay: { mostCards: 5, mostCodesPerHour: 10, passwordlessFen: 0, passwordlessPerDayFen: 0 }
settlement: { holidays: [], workdays: [], arrivals: [], shares: [], cutOffs: [], contracts: [] }
approvals: { refunds: [{ fromFen: 200000, levels: 1 }], expiresAfterSeconds: 259200 }
counters: { refundLimits: [] }
dictionaries: { names: [], staleAfterSeconds: 86400 }
tasks: []
reconciliation: { runningMarginSeconds: 600 }
provision: { terminals: [], applications: [] }
certificates: { alarmDays: [60, 30, 7, 1], watchedFiles: [] }
monitoring: { sampleSeconds: 5, rules: {}, delivery: { email: [], webhooks: [], syslog: [] }, auditCollectors: [] }
retention: { auditDays: 400, idempotencyDays: 7, taskRunDays: 90, logFiles: 3 }
backups: { targets: [], recipients: [], keep: { daily: 7, weekly: 4, monthly: 3 }, continuous: { everySeconds: 60 } }
updates: { windowFrom: '22:00', windowTo: '05:00' }
disk: { warnPercent: 85, clearPercent: 90, refusePaymentsPercent: 97, roomyMegabytes: 20480, warnBelowMegabytes: 2, refusePaymentsBelowMegabytes: 1, ballastMegabytes: 0, checkSeconds: 30 }
logging: { level: info, largestFileMegabytes: 8 }
`;
const PROFILE = `
hospital: { id: h, name: H, campuses: [{ id: main, name: M }], merchants: [{ merchantNo: '1', name: M, campus: main }] }
http: { paymentPort: 9000 }
his: { id: his, plugin: sqlserver, settings: { password: { secret: HIS_PASSWORD }, mapping: { fromFile: mapping.json } } }
channels: [{ id: wechat, plugin: wechat-pay, merchantNo: '1', enabled: true, settings: { apiV3Key: canary-in-file, key: { secretFile: keys/merchant.pem } } }]
`;

function write({ defaults = DEFAULTS, profile = PROFILE }: { defaults?: string; profile?: string } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'hospay-config-'));
  folders.push(root);
  mkdirSync(join(root, 'profiles'));
  mkdirSync(join(root, 'data/keys'), { recursive: true });
  writeFileSync(join(root, 'defaults.yaml'), defaults);
  writeFileSync(join(root, 'mapping.json'), '{"operations":{"findPatient":{}}}');
  writeFileSync(join(root, 'data/keys/merchant.pem'), 'canary-pem\n');
  writeFileSync(join(root, 'profiles/demo.yaml'), profile);
  return { profile: 'demo', profileFolder: join(root, 'profiles'), environment: { HIS_PASSWORD: 'canary-password' }, dataFolder: join(root, 'data') };
}

function problemsOf(request: Parameters<typeof loadConfiguration>[0]) {
  try {
    loadConfiguration(request);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  return assert.fail('the configuration was accepted');
}

test('a profile overrides defaults key by key, and every value knows where it came from', () => {
  const request = write();
  const { configuration, origins } = loadConfiguration(request);
  assert.equal(configuration.http.paymentPort, 9000);
  assert.equal(configuration.http.consolePort, 8090);
  assert.equal(configuration.dataFolder, request.dataFolder);
  assert.equal(origins.get('http.paymentPort'), 'profiles/demo.yaml');
  assert.equal(origins.get('http.consolePort'), 'defaults.yaml');
  assert.equal(origins.get('dataFolder'), 'argument --data-folder');
  assert.equal(origins.get('his.settings.password'), 'environment HIS_PASSWORD');
});

test('secrets come from the environment or a secret file, mappings from their own file', () => {
  const { configuration } = loadConfiguration(write());
  assert.deepEqual(configuration.his.settings, { password: 'canary-password', mapping: { operations: { findPatient: {} } } });
  assert.equal(configuration.channels[0]?.settings['key'], 'canary-pem');
});

test('the environment changes nothing that no file refers to', () => {
  const request = write();
  const { configuration } = loadConfiguration({ ...request, environment: { ...request.environment, HTTP_PAYMENTPORT: '1', paymentPort: '1' } });
  assert.equal(configuration.http.paymentPort, 9000);
});

test('the printed configuration shows every origin and masks every secret', () => {
  const text = describeConfiguration(loadConfiguration(write()));
  assert.doesNotMatch(text, /canary/);
  assert.match(text, /http\.paymentPort +9000 +← profiles\/demo\.yaml/);
  assert.match(text, /his\.settings\.password +••••••  ← environment HIS_PASSWORD/);
  assert.match(text, /channels\.0\.settings\.apiV3Key +••••••/);
});

test('a setting that its plugin calls a secret is masked whatever its name sounds like, and in no other plugin', () => {
  const request = write({ profile: PROFILE.replace('apiV3Key: canary-in-file,', 'noticeSecurity: canary-notice, host: a.example,') });
  const plugin = join(request.profileFolder, '../plugins/wechat');
  mkdirSync(plugin, { recursive: true });
  assert.match(describeConfiguration(loadConfiguration(request)), /noticeSecurity +canary-notice/);
  writeFileSync(join(plugin, 'plugin.json'), JSON.stringify({ id: 'another', needs: { secrets: ['noticeSecurity'] } }));
  assert.match(describeConfiguration(loadConfiguration(request)), /noticeSecurity +canary-notice/);
  writeFileSync(join(plugin, 'plugin.json'), JSON.stringify({ id: 'wechat-pay', needs: { secrets: ['noticeSecurity'] } }));
  const text = describeConfiguration(loadConfiguration(request));
  assert.match(text, /settings\.noticeSecurity +••••••[^]*settings\.host +a\.example/);
  writeFileSync(join(plugin, 'plugin.json'), 'no manifest');
  assert.match(describeConfiguration(loadConfiguration(request)), /settings\.host +a\.example/);
});

test('a mapping from its own file is one line, not a page', () => {
  const lines = listConfiguration(loadConfiguration(write()));
  assert.deepEqual(lines.filter(({ key }) => key.startsWith('his.settings.mapping')), [{ key: 'his.settings.mapping', value: '(1 key)', origin: 'mapping.json' }]);
});

test('the payment policy of the money core comes from the configuration, in milliseconds', () => {
  const policy = paymentPolicyOf(loadConfiguration(write()).configuration);
  assert.deepEqual([policy.qrLifetimeMs, policy.closeMarginMs, policy.queryRhythmMs], [300_000, 330_000, [10_000]]);
});

test('an unknown key is refused with the file it stands in and the keys known there', () => {
  const error = problemsOf(write({ profile: `${PROFILE}\nmqtt: { prot: 1 }` }));
  assert.deepEqual(error.problems.map(({ key, origin }) => [key, origin]), [['mqtt.prot', 'profiles/demo.yaml']]);
  assert.match(error.message, /not a known key; known here: .*port/);
});

test('a value of the wrong type is refused with what is expected and never printed', () => {
  const error = problemsOf(write({ profile: PROFILE.replace('paymentPort: 9000', 'paymentPort: canary-port') }));
  assert.match(error.message, /http\.paymentPort: must be integer/);
  assert.match(error.message, /profiles\/demo\.yaml/);
  assert.doesNotMatch(error.message, /canary/);
});

test('all missing keys are listed at once with a next step', () => {
  const error = problemsOf(write({ profile: 'http: { paymentPort: 1 }' }));
  for (const key of ['hospital', 'his', 'channels']) assert.ok(error.problems.some((problem) => problem.key === key && problem.nextStep.includes(key)), key);
});

test('a secret that is not set names its variable', () => {
  const error = problemsOf({ ...write(), environment: {} });
  assert.match(error.message, /his\.settings\.password: needs the environment variable HIS_PASSWORD/);
});

test('a setting that is merely called secret is a value, not the name of a variable', () => {
  const loaded = loadConfiguration(write({ profile: PROFILE.replace('{ apiV3Key: canary-in-file,', '{ signing: { secret: canary-own },') }));
  assert.deepEqual(loaded.configuration.channels[0]?.settings['signing'], { secret: 'canary-own' });
  assert.doesNotMatch(describeConfiguration(loaded), /canary/);
});

test('an unknown profile is refused with the profiles there are', () => {
  assert.match(problemsOf({ ...write(), profile: '../demo' }).message, /there: demo/);
});

test('broken YAML names the file', () => {
  assert.match(problemsOf(write({ profile: 'http: [' })).message, /well-formed YAML[\s\S]*demo\.yaml/);
});

test('a channel whose merchant is not the hospital’s is refused', () => {
  const error = problemsOf(write({ profile: PROFILE.replace("merchantNo: '1', enabled", "merchantNo: '2', enabled") }));
  assert.equal(error.problems[0]?.key, 'channels.0.merchantNo');
});

test('an application has the permission merchant together with a merchant of the hospital, or neither', () => {
  const application = (set: string) => problemsOf(write({ profile: `${PROFILE}\nprovision: { applications: [{ id: shop, title: S, secret: ${'s'.repeat(32)}, ${set} }] }` })).problems[0]?.key;
  for (const set of ["permissions: [merchant]", "permissions: [statement], merchantNo: '1'", "permissions: [merchant], merchantNo: '2'"]) assert.equal(application(set), 'provision.applications.0.merchantNo', set);
});

test('a routing rule that names no channel or campus of this hospital, or an empty range, is refused by its place', () => {
  const rules = "routing: [{ name: a, when: { campuses: [west] }, channels: [nobody] }, { name: a, when: { fromFen: 2, toFen: 1 }, channels: [] }]";
  const error = problemsOf(write({ profile: `${PROFILE}\n${rules}` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['routing.0.channels', 'routing.0.when.campuses', 'routing.1.when.toFen', 'routing']);
});

test('a statement file is kept longer than its day may change, and pushed to an application once', () => {
  const error = problemsOf(write({ profile: `${PROFILE}\nstatementFiles: { keepDays: 100, push: [{ application: a, what: notice }, { application: a, what: file }, { application: his, what: file, scope: hospital }, { application: b, what: file, scope: hospital }] }` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['statementFiles.keepDays', 'statementFiles.push', 'statementFiles.push']);
});

test('an account of the hospital is listed once, under one id', () => {
  const account = (id: string, accountNo: string) => `{ id: ${id}, title: 基本户, accountNo: '${accountNo}', accountName: 医院, bankName: 工行 }`;
  const payouts = `payouts: { accounts: [${account('main', '0200001009200012345')}, ${account('main', '0200001009200012345')}] }`;
  const error = problemsOf(write({ profile: `${PROFILE}\n${payouts}` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['payouts.accounts', 'payouts.accounts']);
  assert.ok(!JSON.stringify(error.problems).includes('0200001009200012345'));
});

test('an alarm rule that does not exist, or whose thresholds contradict what is shipped, is refused by its place', () => {
  const error = problemsOf(write({ profile: `${PROFILE}\nmonitoring: { rules: { cpu-bsy: { raise: 80 }, cpu-busy: { raise: 60 }, disk-full: { enabled: false } } }` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['monitoring.rules.cpu-bsy', 'monitoring.rules.cpu-busy']);
  assert.match(error.problems[1]?.expects ?? '', /clear \(70\) must be below raise \(60\)/);
});

test('a mirror of updates is an address over HTTPS without a name, a password or a question in it', () => {
  for (const mirror of ['http://files.h.test/updates/', 'https://u:p@files.h.test/updates/', 'https://files.h.test/updates/?key=1', 'ftp://files.h.test/']) {
    assert.deepEqual(problemsOf(write({ profile: `${PROFILE}\nupdates: { mirror: '${mirror}' }` })).problems.map(({ key }) => key), ['updates.mirror'], mirror);
  }
  const { configuration } = loadConfiguration(write({ profile: `${PROFILE}\nupdates: { mirror: 'https://files.h.test/hospay/updates' }` }));
  assert.deepEqual(configuration.updates, { windowFrom: '22:00', windowTo: '05:00', mirror: 'https://files.h.test/hospay/updates' });
});

test('alarm delivery that could not work, or would show a password to the line, is refused by its place', () => {
  const mail = "{ id: mail, leastSeverity: 2, host: smtp.h.test, port: 25, security: none, username: u, password: p, from: a@h.test, to: [b@h.test] }";
  const error = problemsOf(write({ profile: `${PROFILE}\nmonitoring: { delivery: { email: [${mail}], webhooks: [{ id: mail, leastSeverity: 3, url: 'https://h.test/alarms', template: hospay }] } }` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['monitoring.delivery', 'monitoring.delivery.email.0.security', 'monitoring.delivery.webhooks.0.secret']);
});

test('a collector of the audit log is named once, shows who we are with both certificate and key, and its key is not printed', () => {
  const collector = (more: string) => `{ id: centre, host: log.h.test, port: 6514, facility: 13${more} }`;
  const error = problemsOf(write({ profile: `${PROFILE}\nmonitoring: { auditCollectors: [${collector('')}, ${collector(", clientCertificateFile: 'tls/us.pem'")}] }` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['monitoring.auditCollectors', 'monitoring.auditCollectors.1.clientKey']);
  const loaded = loadConfiguration(write({ profile: `${PROFILE}\nmonitoring: { auditCollectors: [${collector(", clientCertificateFile: 'tls/us.pem', clientKey: canary-key")}] }` }));
  const text = describeConfiguration(loaded);
  assert.match(text, /monitoring\.auditCollectors\.0\.host +log\.h\.test/);
  assert.doesNotMatch(text, /canary/);
});

test('an SNMP agent that would answer with weak or equal passwords, or whose networks are none, is refused by its place', () => {
  const snmp = (sources: string, users: string) => `${PROFILE}\nmonitoring: { snmp: { host: 0.0.0.0, port: 161, allowedSources: [${sources}], users: [${users}] } }`;
  const user = (privacy: string) => `{ name: nms, authenticationPassword: authentication-1, privacyPassword: ${privacy} }`;
  const error = problemsOf(write({ profile: snmp("'10.1.0.0/33', '10.1.1'", `${user('authentication-1')}, ${user('privacy-password-1')}`) }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['monitoring.snmp.allowedSources.0', 'monitoring.snmp.allowedSources.1', 'monitoring.snmp.users', 'monitoring.snmp.users.0.privacyPassword']);
  assert.equal(problemsOf(write({ profile: snmp("'10.1.0.0/16'", user('short')) })).problems.length, 1);
  assert.doesNotMatch(describeConfiguration(loadConfiguration(write({ profile: snmp("'10.1.0.0/16', 'fd00::7'", user('privacy-password-1')) }))), /authentication-1|privacy-password-1/);
});

test('rules of arrivals and contracts name channels and accounts of the hospital, once; a day is worked or not', () => {
  const rule = (source: string) => `{ source: ${source}, account: nowhere, payers: [财付通], afterWorkingDays: 1, lateWorkingDays: 1 }`;
  const contract = "{ source: unheard-of, from: '2026-01-01', rateMillionths: 6000, refundsFee: true }";
  const error = problemsOf(write({ profile: `${PROFILE}\nsettlement: { holidays: ['2026-10-01'], workdays: ['2026-10-01'], arrivals: [${rule('deposits')}, ${rule('deposits')}, ${rule('unheard-of')}], shares: [{ campus: moon, account: nowhere }, { campus: moon, account: nowhere }], contracts: [${contract}, ${contract}] }` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['settlement.arrivals.0.account', 'settlement.arrivals.1.account', 'settlement.arrivals.2.source', 'settlement.arrivals.2.account', 'settlement.shares.0.campus', 'settlement.shares.0.account', 'settlement.shares.1.campus', 'settlement.shares.1.account', 'settlement.shares', 'settlement.contracts.0.source', 'settlement.contracts.1.source', 'settlement.contracts', 'settlement.arrivals', 'settlement.workdays']);
});

test('a cut-off is of a channel, once, and the same for all that share its statement; one that is installed at run time may have one, too', () => {
  const channels = "channels: [{ id: wechat, plugin: wechat-pay, merchantNo: '1', enabled: true, settings: {} }, { id: window, plugin: wechat-pay, merchantNo: '1', enabled: true, settings: {} }]";
  const of = (cutOffs: string) => write({ profile: `${PROFILE.replace(/channels: .*/, channels)}\nsettlement: { cutOffs: [${cutOffs}] }` });
  assert.deepEqual(problemsOf(of("{ channel: moon, at: '23:00' }, { channel: wechat, at: '23:00' }")).problems.map(({ key }) => key), ['settlement.cutOffs.1.at']);
  assert.deepEqual(problemsOf(of("{ channel: wechat, at: '23:00' }, { channel: window, at: '23:00' }, { channel: window, at: '23:00' }")).problems.map(({ key }) => key), ['settlement.cutOffs']);
  assert.deepEqual(problemsOf(of("{ channel: wechat, at: '24:00' }")).problems.map(({ key }) => key), ['settlement.cutOffs.0.at']);
  assert.deepEqual(paymentPolicyOf(loadConfiguration(of("{ channel: wechat, at: '23:00' }, { channel: window, at: '23:00' }, { channel: city, at: '22:30' }")).configuration).cutOffs, { wechat: '23:00', window: '23:00', city: '22:30' });
});

test('an external broker needs an address and a password', () => {
  const error = problemsOf(write({ profile: `${PROFILE}\nmqtt: { mode: external }` }));
  assert.deepEqual(error.problems.map(({ key }) => key), ['mqtt.url', 'mqtt.corePassword']);
});

test('a profile that extends another has everything of it but its own top-level keys, which are replaced whole; a circle is refused', () => {
  const request = write({ profile: PROFILE });
  const folder = request.profileFolder;
  writeFileSync(join(folder, 'lakeside.yaml'), 'extends: demo\nhis: { id: his, plugin: soap, settings: { url: "http://127.0.0.1:1/" } }');
  const { configuration, origins } = loadConfiguration({ ...request, profile: 'lakeside' });
  assert.deepEqual([configuration.his, configuration.hospital.id, origins.get('his.plugin')], [{ id: 'his', plugin: 'soap', settings: { url: 'http://127.0.0.1:1/' } }, loadConfiguration(request).configuration.hospital.id, 'profiles/lakeside.yaml']);
  for (const [name, base] of [['round', 'about'], ['about', 'round'], ['itself', 'itself']] as const) writeFileSync(join(folder, `${name}.yaml`), `extends: ${base}`);
  for (const profile of ['round', 'itself']) assert.throws(() => loadConfiguration({ ...request, profile }), (error: unknown) => error instanceof ConfigurationError && error.problems[0]?.key === 'extends');
});

const PLACES = {
  folder: 'folder: /mnt/usb',
  sftp: `sftp: { host: nas, user: hospay, privateKey: canary-key, passphrase: canary-phrase, hostKeys: ['ssh-ed25519 ${'A'.repeat(68)}'] }`,
  s3: 's3: { endpoint: "https://s3.yiyuan.cn", bucket: hospay, accessKeyId: AKHOSPAY, secretAccessKey: canary-secret }', smb: 'smb: { host: nas, share: backup, user: hospay, password: canary-password }', nfs: 'nfs: { host: nas, exportPath: /volume1/backup, folder: hospay }',
};
const withTargets = (...targets: readonly string[]) => write({ profile: `${PROFILE}\nbackups: { targets: [${targets.map((place, index) => `{ id: t${String(index)}, ${place} }`).join(', ')}] }` });

test('a target of backups is one place of five; what opens it is masked wherever the configuration is shown, even where the file says it plainly', () => {
  const loaded = loadConfiguration(withTargets(...Object.values(PLACES)));
  const text = describeConfiguration(loaded);
  assert.doesNotMatch(text, /canary/);
  for (const shown of [/backups\.targets\.1\.sftp\.privateKey +••••••/, /backups\.targets\.2\.s3\.secretAccessKey +••••••/, /backups\.targets\.3\.smb\.password +••••••/, /backups\.targets\.1\.sftp\.host +nas/]) assert.match(text, shown);
  const parameters = listParameters({ effective: loaded.configuration, loaded, atConsole: new Map(), changeNo: undefined, settingsOf: () => new Map(), fingerprint: () => 'fp' }).filter(({ key }) => key.startsWith('backups.targets'));
  assert.doesNotMatch(JSON.stringify(parameters), /canary/);
  assert.deepEqual(parameters.filter(({ isSecret, isSet }) => isSecret && isSet).map(({ key }) => key.split('.').at(-1)).toSorted(), ['passphrase', 'password', 'privateKey', 'secretAccessKey'].toSorted());
});

test('a target that is two places or none, has no way in or two, or makes a folder that is none, is refused with its key; ids differ', () => {
  const refused = (...targets: readonly string[]) => problemsOf(withTargets(...targets)).problems.map(({ key }) => key);
  assert.deepEqual(refused(`${PLACES.folder}, ${PLACES.smb}`), ['backups.targets.0']);
  assert.deepEqual(refused(PLACES.folder, 'makes: true'), ['backups.targets.1', 'backups.targets.1.makes']);
  assert.deepEqual(refused(PLACES.sftp.replace('privateKey: canary-key, ', '')), ['backups.targets.0.sftp', 'backups.targets.0.sftp.passphrase']);
  assert.deepEqual(refused(PLACES.sftp.replace('privateKey', 'password: canary, privateKey')), ['backups.targets.0.sftp']);
  // A host key is never left to chance, and a folder stays below what the account is given.
  assert.deepEqual(refused(PLACES.sftp.replace(/, hostKeys: .*\]/, '')), ['backups.targets.0.sftp.hostKeys']);
  assert.deepEqual(refused(PLACES.smb.replace('share: backup', 'share: backup, folder: ../other')), ['backups.targets.0.smb.folder']);
  // Nothing that is another option of a mount, and no version nobody tried.
  for (const wrong of ['exportPath: "/volume1,exec"', 'exportPath: volume1', 'exportPath: /a/../b', 'exportPath: /volume1, folder: ../b', 'exportPath: /volume1, folder: /hospay', 'exportPath: /volume1, folder: "a:b"', 'exportPath: /volume1, version: "3"', 'exportPath: /volume1, options: exec']) assert.equal(refused(`nfs: { host: nas, ${wrong} }`).length, 1, wrong);
  assert.deepEqual(problemsOf(write({ profile: `${PROFILE}\nbackups: { targets: [{ id: usb, ${PLACES.folder} }, { id: usb, ${PLACES.smb} }] }` })).problems.map(({ key }) => key), ['backups.targets']);
});

test('the shipped defaults and profiles fit the schema once their secrets exist', () => {
  const profiles = readdirSync(PROFILE_FOLDER).map((name) => name.replace(/\.yaml$/, ''));
  assert.ok(profiles.length >= 12 && profiles.includes('demo') && profiles.includes('production'));
  for (const profile of profiles) {
    let error: ConfigurationError | undefined;
    try {
      loadConfiguration({ profile, profileFolder: PROFILE_FOLDER, environment: {}, dataFolder: '/nonexistent' });
    } catch (caught) {
      assert.ok(caught instanceof ConfigurationError);
      error = caught;
    }
    const others = (error?.problems ?? []).filter(({ origin }) => !origin.startsWith('environment') && !origin.startsWith('secret file'));
    assert.deepEqual(others, [], profile);
  }
});

test('the JSON schema beside the configuration is the one the loader uses', () => {
  assert.deepEqual(JSON.parse(readFileSync(join(PROFILE_FOLDER, '../schemas/configuration.schema.json'), 'utf8')), configurationJsonSchema(), 'run: npm run docs');
});

test('the generated JSON schema accepts what the loader accepts', () => {
  const { configuration } = loadConfiguration(write());
  assert.ok(Check(configurationJsonSchema(), configuration));
  assert.ok(Check(ConfigurationSchema, configuration));
  assert.equal(Check(configurationJsonSchema(), { ...configuration, extra: 1 }), false);
});

test('the checkout: wallets name channels that exist, once; its address is protected on the way; on without a wallet is off by mistake', () => {
  const found = (checkout: string) => problemsOf(write({ profile: `${PROFILE}checkout: ${checkout}\n` })).problems.map(({ key }) => key);
  assert.deepEqual(found('{ publicBaseUrl: "https://pay.h.cn" }'), ['checkout.wallets']);
  assert.deepEqual(found('{ publicBaseUrl: "https://pay.h.cn", wallets: { wechat: [wechat, nobody] } }'), ['checkout.wallets.wechat']);
  assert.deepEqual(found('{ publicBaseUrl: "https://pay.h.cn", wallets: { wechat: [wechat, wechat] } }'), ['checkout.wallets.wechat']);
  assert.deepEqual(found('{ publicBaseUrl: "http://pay.h.cn", wallets: { wechat: [wechat] } }'), ['checkout.publicBaseUrl']);
  assert.deepEqual(found('{ wallets: { cash: [wechat] } }').length, 1);
  for (const url of ['https://pay.h.cn', 'https://pay.h.cn/hospay', 'http://127.0.0.1:8080']) {
    const { configuration } = loadConfiguration(write({ profile: `${PROFILE}plugins: { instances: [bank-pay] }\ncheckout: { publicBaseUrl: "${url}", wallets: { wechat: [wechat], unionpay: [bank-pay] } }\n` }));
    assert.equal(checkoutPolicyOf(configuration).publicBaseUrl, url);
    assert.equal(checkoutPolicyOf(configuration).quoteMarginMs, 60_000);
  }
});

test('an account belongs to one bank link and is one of the hospital’s, and a link has an id of its own', () => {
  const linkOf = (id: string, account: string): string => `{ id: ${id}, plugin: citic, accountNos: ['${account}'], enabled: true, settings: {} }`;
  const accounts = ['1001', '1002'].map((no) => `{ id: a${no}, title: 基本户, accountNo: '${no}', accountName: H, bankName: B }`).join(', ');
  const withLinks = (...links: string[]) => write({ profile: `${PROFILE}\npayouts: { accounts: [${accounts}] }\nbankLinks: [${links.join(', ')}]` });
  assert.equal(loadConfiguration(withLinks(linkOf('bank-a', '1001'), linkOf('bank-b', '1002'))).configuration.bankLinks?.length, 2);
  assert.match(problemsOf(withLinks(linkOf('bank-a', '1001'), linkOf('bank-b', '1001'))).message, /an account belongs to one link; \*\*\*\*1001 is named under two/);
  assert.match(problemsOf(withLinks(linkOf('bank-a', '1003'))).message, /must name accounts of payouts\.accounts; \*\*\*\*1003 is not one/);
  assert.match(problemsOf(withLinks(linkOf('wechat', '1001'))).message, /"wechat" is used twice/);
  const withHours = (rule: string) => problemsOf(write({ profile: `${PROFILE}\nterminals: { openingHours: [${rule}] }` })).message;
  assert.match(withHours("{ weekdays: [1], from: '18:00', to: '08:00' }"), /openingHours\.0\.to: must be later than from/);
  assert.match(withHours("{ weekdays: [1], from: '08:00', to: '18:00', campuses: [moon] }"), /openingHours\.0\.campuses: must be among the campuses/);
  assert.match(withHours("{ weekdays: [8], from: '08:00', to: '24:30' }"), /openingHours\.0\.weekdays/);
  const withReport = (id: string) => write({ profile: `${PROFILE}\nreports: [{ id: ${id}, plugin: campus-reports, enabled: true, settings: {} }]` });
  assert.equal(loadConfiguration(withReport('campuses')).configuration.reports?.length, 1);
  assert.match(problemsOf(withReport('wechat')).message, /"wechat" is used twice/, 'and so has a report plugin');
});
