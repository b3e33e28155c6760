/** Money on the appliance's own image: paid from outside, the power cut at random moments, and the machine made again of its backup, from a drive and from servers. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { isRecord, listOf } from '../contract/console-client.js';
import { eventually, ROOT } from '../end-to-end/appliance-under-test.js';
import { claim, HospitalOutside, READY, runWork, signIn, SLOWLY_MS } from './hospital-outside.js';
import { startNfsServer, type NfsServer } from './nfs-server.js';
import { filesOn, HOST_SEEN_FROM_INSIDE, makeBackupDrive, VirtualMachine, type VirtualMachineOptions } from './virtual-machine.js';

/** Power cuts while payments go on. Each costs two starts of an emulated machine. */
const CUTS = Number(process.env['HOSPAY_IMAGE_CUTS'] ?? '3');
const LONGEST_UNTIL_CUT_MS = 20_000;
/** The image is 32 GiB. */
const LARGER_DISK_GIB = 48;
const GIB = 1024 ** 3;
/** Every question to a server is a program that starts: emulated, three targets a minute leave nothing for payments. */
const CONTINUOUS_SECONDS = 120;
/** Of the hospital's network management, which asks by SNMP. */
const MANAGEMENT = { user: 'nms', authentication: 'authentication-1', privacy: 'privacy-password-1' };
const ENTERPRISE = '1.3.6.1.4.1.32473';

let folder = '';
let hospital: HospitalOutside;
let box: VirtualMachine;
let nas: NfsServer;
let recipient = '';
let set = '';
const paid: string[] = [];
const drive = (): string => join(folder, 'backup.img');
const identity = (): string => readFileSync(join(folder, 'safe.txt'), 'utf8');
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-money-box-'));
  hospital = await HospitalOutside.open();
  nas = await startNfsServer();
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'appliance/dist/hospay.js'), 'backup', 'make-key', join(folder, 'safe.txt')], { encoding: 'utf8' });
  recipient = /^age1\w+$/m.exec(stdout)?.[0] ?? '';
  const backups = { targets: [{ id: 'usb', folder: '/backup/usb' }, hospital.storage.target, nas.target], recipients: [{ recipient, title: '信息科保险柜' }], keep: { daily: 14, weekly: 8, monthly: 12 }, continuous: { everySeconds: CONTINUOUS_SECONDS } };
  const snmp = { host: '0.0.0.0', port: 161, systemName: 'pay-box', allowedSources: [HOST_SEEN_FROM_INSIDE], users: [{ name: MANAGEMENT.user, authenticationPassword: { secret: 'HOSPAY_SNMP_AUTHENTICATION' }, privacyPassword: { secret: 'HOSPAY_SNMP_PRIVACY' } }] };
  const secrets = { ...hospital.storage.secrets, HOSPAY_SNMP_AUTHENTICATION: MANAGEMENT.authentication, HOSPAY_SNMP_PRIVACY: MANAGEMENT.privacy };
  box = await VirtualMachine.create({ answers: hospital.answers({ backups, monitoring: { snmp }, secrets }), backupDrive: makeBackupDrive(drive()), diskGibibytes: LARGER_DISK_GIB });
});
after(async () => {
  await box.remove();
  await hospital.close();
  await nas.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('set up by an answers file alone, it takes a payment from outside through WeChat Pay behind TLS, and the HIS has it once', async (context) => {
  const since = Date.now();
  box.start();
  await box.says(READY);
  context.diagnostic(`ready after ${String(Math.round((Date.now() - since) / 1000))} s`);
  await claim(box);
  const tradeNo = await hospital.order(box, { cardNo: 'C0000001', key: 'image-first-0001', priceFen: 1_234 });
  hospital.simulators.wechat.pay(`${tradeNo}P01`);
  await hospital.isBooked(box, tradeNo);
  paid.push(tradeNo);
});

test('the disk was made larger than the image: the ledger has the rest of it', async () => {
  const { status, body } = await (await signIn(box)).get('/system');
  assert.equal(status, 200, JSON.stringify(body));
  // 48 GiB less 16.5 of the other partitions, the ballast, and what a file system takes for itself; of 32 it would be less than 15.
  assert.ok(Number(body['freeBytes']) > 26 * GIB, String(body['freeBytes']));
});

/** Debian's own tool, as the network management is one. Emulated, a machine takes seconds for an answer. */
function askBySnmp({ authentication, privacy }: { readonly authentication: string; readonly privacy: string }): Promise<string> {
  const user = ['-v3', '-l', 'authPriv', '-u', MANAGEMENT.user, '-a', 'SHA-256', '-A', authentication, '-x', 'AES', '-X', privacy];
  return new Promise((resolve) => {
    execFile('/usr/bin/snmpwalk', [...user, '-On', '-r', '2', '-t', '20', `127.0.0.1:${String(box.ports.snmp)}`, ENTERPRISE], { env: { SNMP_PERSISTENT_DIR: folder, SNMPCONFPATH: folder, MIBS: '' } }, (_error, stdout, stderr) => { resolve(`${stdout}${stderr}`); });
  });
}

test('the hospital\'s network management reads by SNMPv3 how the machine is, through its firewall; with a wrong password it reads nothing', async () => {
  const { body } = await (await signIn(box)).get('/system');
  const walked = await askBySnmp(MANAGEMENT);
  assert.ok(walked.includes(`.${ENTERPRISE}.1.1.1.2.0 = STRING: "${String(body['version'])}"`), walked);
  assert.ok(Number(/\.1\.1\.4\.1\.0 = Counter64: (\d+)/.exec(walked)?.[1]) > 26 * GIB, walked);
  const channel = [...Buffer.from('wechat')].join('.');
  assert.ok(walked.includes(`.${ENTERPRISE}.1.1.6.1.1.3.6.${channel} = INTEGER: 1`), walked);
  for (const [wrong, why] of [[{ ...MANAGEMENT, authentication: 'authentication-2' }, /Authentication failure/], [{ ...MANAGEMENT, privacy: 'privacy-password-2' }, /Decryption error/]] as const) {
    const said = await askBySnmp(wrong);
    assert.match(said, why);
    assert.ok(!said.includes(' = '), said);
  }
});

test('a vendor\'s plugin is installed on the running machine, which starts it as a unit of its own, and a payment goes through it', async () => {
  const administrator = await signIn(box);
  const received = await administrator.send('POST', '/plugins/packages', await hospital.vendor.pack('1.0.0'));
  assert.equal(received.status, 200, JSON.stringify(received.body));
  const asked = { instance: 'city', merchantNo: hospital.city.merchantNo, settings: hospital.citySettings, acceptsCapabilities: true, reason: '上线' };
  const installed = await administrator.call('POST', `/plugins/packages/${String(received.body['hash'])}/install`, asked);
  assert.equal(installed.status, 200, JSON.stringify(installed.body));
  // The core of an appliance starts no plugin itself: one that is active is a unit.
  await eventually('the plugin is active', async () => (listOf(await administrator.get('/plugins'), 'instances').find(({ id }) => id === 'city')?.['state'] === 'active' ? true : undefined), SLOWLY_MS);
  const tradeNo = await hospital.order(box, { cardNo: 'C0000003', key: 'image-city-0001', priceFen: 777, channel: 'city' });
  await hospital.city.pay(`${tradeNo}P01`);
  await hospital.isBooked(box, tradeNo);
  paid.push(tradeNo);
});

test('a support bundle is collected by the shut-in core, and says how the core is', async () => {
  const administrator = await signIn(box);
  // Of a machine that has no backup yet the bundle says that this is wrong.
  await eventually('the first backup is good', async () => ((await administrator.get('/system')).body['lastGoodAt'] === undefined ? undefined : true), SLOWLY_MS);
  assert.equal((await administrator.call('POST', '/system/support')).status, 200);
  type Bundle = { readonly files: readonly { readonly path: string }[]; readonly verdicts: readonly { readonly check: string; readonly level: string }[] };
  const bundle = await eventually('a bundle', async () => {
    const { body } = await administrator.get('/system/support');
    if (body['problem'] !== undefined) assert.fail(JSON.stringify(body['problem']));
    return body['bundle'] as Bundle | undefined;
  }, SLOWLY_MS);
  // What an emulated machine does not read within the deadlines is said to be unknown, not wrong.
  assert.deepEqual(bundle.verdicts.filter(({ level }) => level === 'wrong'), []);
  for (const name of ['core', 'disk', 'units']) assert.equal(bundle.verdicts.find(({ check }) => check === name)?.level, 'fine', JSON.stringify(bundle));
  assert.ok(bundle.files.some(({ path }) => path === 'logs/hospay.log'), JSON.stringify(bundle.files));
});

test('the power is cut at random moments while payments go on: what was acknowledged is there, and what was paid is booked once', async (context) => {
  let made = 0;
  for (let cut = 0; cut < CUTS; cut += 1) {
    const acknowledged: string[] = [];
    const isOver = { is: false };
    const paying = (async () => {
      while (!isOver.is) {
        made += 1;
        try {
          const tradeNo = await hospital.order(box, { cardNo: made % 2 === 0 ? 'C0000001' : 'C0000002', key: `image-cut-${String(made).padStart(4, '0')}`, priceFen: 100 + made });
          acknowledged.push(tradeNo);
          // The wallet pays whatever becomes of the machine.
          hospital.simulators.wechat.pay(`${tradeNo}P01`);
        } catch {
          // The power is off, or was a moment ago.
        }
      }
    })();
    await eventually('a payment is acknowledged', () => (acknowledged.length > 0 ? true : undefined), SLOWLY_MS);
    const wait = Math.floor(Math.random() * LONGEST_UNTIL_CUT_MS);
    await new Promise((go) => { setTimeout(go, wait); });
    await box.cutPower();
    isOver.is = true;
    await paying;
    context.diagnostic(`cut ${String(cut + 1)}: after ${String(wait)} ms, ${String(acknowledged.length)} payments acknowledged`);
    box.start();
    await box.says(READY);
    for (const tradeNo of acknowledged) await hospital.isBooked(box, tradeNo);
    paid.push(...acknowledged);
  }
  const administrator = await signIn(box);
  for (const task of ['verify-ledger', 'verify-audit-log']) {
    const ran = await administrator.call('POST', `/tasks/${task}/runs`);
    assert.ok(ran.status < 300, JSON.stringify(ran.body));
    await eventually(`${task} ends`, async () => {
      const { body } = await administrator.get('/system');
      const checks = body['checks'];
      const check = Array.isArray(checks) ? (checks as { task: string; state: string }[]).find((one) => one.task === task) : undefined;
      if (check?.state === 'failed') assert.fail(JSON.stringify(check));
      return check?.state === 'succeeded' ? true : undefined;
    }, SLOWLY_MS);
  }
});

test('a backup goes to the plugged-in drive, to the object storage and to the NFS export of the hospital, and is read back from each', async () => {
  const administrator = await signIn(box);
  await runWork(administrator, '/system/backups', 'backup');
  await runWork(administrator, '/system/proofs', 'backupProof');
  const taken = listOf(await administrator.get('/system'), 'sets').find(({ by }) => by === 'li.admin') ?? assert.fail('no set was taken');
  const copies = Array.isArray(taken['copies']) ? taken['copies'].filter(isRecord) : [];
  assert.deepEqual(copies.map(({ target, verifiedAt, problem }) => [target, typeof verifiedAt, problem]), [['usb', 'string', undefined], ['s3', 'string', undefined], ['nas', 'string', undefined]]);
  set = String(taken['name']);
});

test('what is paid after the set is on all of them minutes later, and then the machine is gone', async (context) => {
  const administrator = await signIn(box);
  for (const [cardNo, key, priceFen] of [['C0000001', 'image-late-0001', 1_501], ['C0000002', 'image-late-0002', 1_502]] as const) {
    const tradeNo = await hospital.order(box, { cardNo, key, priceFen });
    hospital.simulators.wechat.pay(`${tradeNo}P01`);
    await hospital.isBooked(box, tradeNo);
    paid.push(tradeNo);
  }
  const since = Date.now();
  let seen: unknown;
  await eventually('every target would give back what is now', async () => {
    const { body } = await administrator.get('/system');
    seen = body['continuous'];
    const targets = isRecord(body['continuous']) && Array.isArray(body['continuous']['targets']) ? body['continuous']['targets'].filter(isRecord) : [];
    const now = typeof body['now'] === 'string' ? Date.parse(body['now']) : 0;
    // By the clock of the machine, not of this host.
    return targets.length === 3 && targets.every(({ upTo }) => typeof upTo === 'string' && now - Date.parse(upTo) < Date.now() - since) ? true : undefined;
  }, 2 * SLOWLY_MS).catch((error: unknown) => assert.fail(`${String(error)} ${JSON.stringify(seen)}`));
  context.diagnostic(`on all after ${String(Math.round((Date.now() - since) / 1000))} s`);
  await box.cutPower();
  assert.ok(filesOn(drive()).includes(set), 'the set is on the drive');
  assert.ok((hospital.storage.bytesOf(set) ?? 0) > 0, 'the set is on the storage');
  assert.deepEqual(nas.find(set), { bytes: hospital.storage.bytesOf(set), user: 700 }, 'the set is on the export, and the core\'s');
});

/** A machine is made of the set. It stands there fenced, with every order that was paid, and says no word to the channel; nor to the storage, where the old machine may be writing. */
async function isMadeOfTheSet(context: TestContext, options: VirtualMachineOptions, atTheScreen: (made: VirtualMachine) => Promise<void> = () => Promise.resolve()): Promise<void> {
  assert.notEqual(set, '', 'no set was taken');
  const asked = hospital.wechatFront.connections();
  const made = await VirtualMachine.create(options);
  context.after(() => made.remove());
  made.start();
  await made.says(READY);
  await atTheScreen(made);
  const heard = hospital.storage.requests().length;
  const there = await signIn(made);
  const { body } = await there.get('/system');
  const fence = body['fence'] as { set: string } | undefined;
  assert.equal(fence?.set, set);
  const client = hospital.application(made);
  const refused = await client.searchPatients({ cardType: 'visitCard', cardNo: 'C0000001' });
  assert.notEqual(refused.kind, 'ok', 'a fenced machine asks nobody');
  for (const tradeNo of paid) {
    const { status, body: order } = await there.get(`/orders/${tradeNo}`);
    assert.equal(status, 200, JSON.stringify(order));
  }
  assert.equal(hospital.wechatFront.connections(), asked, 'nothing was sent to the channel');
  assert.deepEqual(hospital.storage.requests().slice(heard), [], 'the storage was not asked');
  assert.doesNotMatch(made.serial.slice(made.serial.lastIndexOf('Hospay payment platform')), /Setup code/);
}

test('a backup on a plugged-in drive makes a second machine, which starts fenced, whole and without a word to anybody', async (context) => {
  const asked = hospital.storage.requests().length;
  await isMadeOfTheSet(context, { answers: hospital.restoreAnswers({ set, identity: identity() }), backupDrive: drive() });
  assert.equal(hospital.storage.requests().length, asked, 'what lies on a drive is fetched from no server');
});

test('the object storage alone makes a third machine of the same set, without a drive: fenced and whole as well', async (context) => {
  const asked = hospital.storage.requests().length;
  await isMadeOfTheSet(context, { answers: hospital.restoreAnswers({ set, identity: identity(), from: hospital.storage.from }) });
  assert.ok(hospital.storage.requests().slice(asked).some((request) => request.startsWith('GET ') && request.includes(set)), 'the set came from the storage');
});

test('the NFS export alone makes a fourth machine of the same set: it is mounted before the core is there', async (context) => {
  const asked = hospital.storage.requests().length;
  await isMadeOfTheSet(context, { answers: hospital.restoreAnswers({ set, identity: identity(), from: nas.from }) });
  assert.equal(hospital.storage.requests().length, asked, 'nothing came from the storage');
});

test('who has no answers file makes a machine of the drive at its screen, with the key typed and shown to nobody', async (context) => {
  const key = /^AGE-SECRET-KEY-1\w+$/m.exec(identity())?.[0] ?? assert.fail('no key');
  await isMadeOfTheSet(context, { backupDrive: drive() }, async (made) => {
    const from = made.serial.length;
    await made.types('');
    await made.saysAfter(from, /Menu 菜单[^]*Enter to go back/);
    const chosenAt = made.serial.length;
    await made.types('3');
    await made.saysAfter(chosenAt, /Sets, newest first[^]*Number; Enter to go back/);
    const number = new RegExp(`(\\d) {2}${set.replaceAll('.', '\\.')} `).exec(made.serial.slice(chosenAt))?.[1] ?? assert.fail(made.serial.slice(chosenAt));
    await made.types(number);
    await made.saysAfter(chosenAt, /Backup key/);
    await made.types(key);
    await made.saysAfter(chosenAt, /Type "restore" to go on/);
    const begunAt = made.serial.length;
    await made.types('restore');
    await made.saysAfter(begunAt, /restoring a backup[^]*core 核心 ready/);
    assert.ok(!made.serial.includes(key), 'the key was shown');
  });
});
