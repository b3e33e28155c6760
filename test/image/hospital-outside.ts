/** A hospital around a virtual machine: its HIS, WeChat Pay and object storage on this host, an application that pays through forwarded ports. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPaymentClient, type PaymentClient } from '@hospay/payment-sdk';
import { parse, stringify } from 'yaml';
import { makeVendor } from '../contract/vendor-packages.js';
import { startCityCardSimulator, type CityCardSimulator } from '../simulators/city-card/start-city-card-simulator.js';
import { APP, ApplianceUnderTest, eventually, ROOT } from '../end-to-end/appliance-under-test.js';
import { ConsoleClient } from '../contract/console-client.js';
import { answersFor, type MoreOfProfile } from './answers-for.js';
import { startObjectStorage, type ObjectStorage } from './object-storage.js';
import { startTlsFront, type TlsFront } from './tls-front.js';
import { HOST_SEEN_FROM_INSIDE, type VirtualMachine } from './virtual-machine.js';

export const READY = /core 核心 ready/;
export const SETUP_CODE = /Setup code 设置码 {2}([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)/;
export const PASSWORD = 'Correct-Horse-7';
/** Software emulation beside other work. */
export const SLOWLY_MS = 300_000;

const TRUST_LIST = 'hospitals/vendor/trust-list.json';

export class HospitalOutside {
  readonly simulators: ApplianceUnderTest;
  readonly wechatFront: TlsFront;
  /** A vendor's channel, whose plugin the hospital installs itself. */
  readonly city: CityCardSimulator;
  /** Where its backups go besides a drive. */
  readonly storage: ObjectStorage;
  readonly vendor = makeVendor();
  readonly #cityFront: TlsFront;

  private constructor({ simulators, wechatFront, city, cityFront, storage }: { readonly simulators: ApplianceUnderTest; readonly wechatFront: TlsFront; readonly city: CityCardSimulator; readonly cityFront: TlsFront; readonly storage: ObjectStorage }) {
    this.simulators = simulators;
    this.wechatFront = wechatFront;
    this.city = city;
    this.#cityFront = cityFront;
    this.storage = storage;
  }

  static async open(): Promise<HospitalOutside> {
    const simulators = await ApplianceUnderTest.prepare();
    const city = await startCityCardSimulator();
    const front = (baseUrl: string): Promise<TlsFront> => startTlsFront({ to: Number(new URL(baseUrl).port), address: HOST_SEEN_FROM_INSIDE });
    return new HospitalOutside({ simulators, wechatFront: await front(simulators.wechat.baseUrl), city, cityFront: await front(city.baseUrl), storage: await startObjectStorage() });
  }

  /** As its plugin is told. */
  get citySettings(): object {
    return { merchantNo: this.city.merchantNo, baseUrl: `https://${HOST_SEEN_FROM_INSIDE}:${String(this.#cityFront.port)}`, key: this.city.key };
  }

  async close(): Promise<void> {
    this.wechatFront.stop();
    this.#cityFront.stop();
    await this.storage.stop();
    await this.city.stop();
    await this.simulators.stop();
  }

  /** The answers file of a machine of this hospital. `secrets`: what the added parts of the profile name. */
  answers({ secrets, ...more }: MoreOfProfile & { readonly secrets?: Readonly<Record<string, string>> } = {}): string {
    const answers = answersFor(this.simulators, { wechat: this.wechatFront, ...more });
    const { hospital } = answers.profile;
    return stringify({
      ...answers,
      secrets: { ...answers.secrets, ...secrets },
      authorities: [...(answers.authorities ?? []), this.#cityFront.authorityPem, this.storage.authorityPem],
      files: { [TRUST_LIST]: this.vendor.trustList() },
      profile: { ...answers.profile, hospital: { ...hospital, merchants: [...hospital.merchants, { merchantNo: this.city.merchantNo, name: '示范医院', campus: 'main' }] }, plugins: { trustList: TRUST_LIST, instances: ['city'] } },
    });
  }

  /**
   * The answers file of a machine that is made of a backup, as the manual for the worst day has it (灾难恢复手册), its placeholders filled; and, as it says, what of the old file is in no backup.
   * @param from the server the set lies on, in the place of the manual's; absent: it is on a drive
   */
  restoreAnswers({ set, identity, from }: { readonly set: string; readonly identity: string; readonly from?: object }): string {
    const manual = readFileSync(join(ROOT, 'appliance/docs/disaster-recovery-manual.zh-CN.md'), 'utf8');
    const block = new RegExp(`^ *\`\`\`yaml answers-restore${from === undefined ? '' : '-server'}\\n([^]*?)^ *\`\`\`$`, 'm').exec(manual)?.[1] ?? assert.fail('the manual has no answers file for a restore');
    const key = /^AGE-SECRET-KEY-1\w+$/m.exec(identity)?.[0] ?? assert.fail('no key');
    const { restore, ...rest } = parse(block.replace('<备份文件名>', set).replace('<备份密钥>', key)) as { readonly restore: object };
    return stringify({ ...rest, restore: { ...restore, ...(from === undefined ? {} : { from }) }, authorities: [this.wechatFront.authorityPem, this.#cityFront.authorityPem, this.storage.authorityPem] });
  }

  application(machine: VirtualMachine): PaymentClient {
    return createPaymentClient({ origin: machine.paymentOrigin, appId: APP.id, secret: APP.secret, timeoutMs: 60_000 });
  }

  /** A bill of this patient, quoted and asked to be paid. @returns the order number once the machine has acknowledged it. @throws when it did not */
  async order(machine: VirtualMachine, { cardNo, key, priceFen, channel }: { readonly cardNo: string; readonly key: string; readonly priceFen: number; readonly channel?: string }): Promise<string> {
    const client = this.application(machine);
    const patients = await client.searchPatients({ cardType: 'visitCard', cardNo });
    assert.equal(patients.kind, 'ok', JSON.stringify(patients));
    const patientId = patients.value[0]?.patientId ?? '';
    const billNo = await this.simulators.his.hospital.addBill({ patientId, lines: [{ itemName: '换药', priceFen }] });
    const quote = await client.quoteBills({ patientId, billNos: [billNo] });
    assert.equal(quote.kind, 'ok', JSON.stringify(quote));
    assert.equal(quote.value.totalFen, priceFen);
    const created = await client.createPayment({ quoteId: quote.value.quoteId, amountFen: quote.value.selfPayFen, method: 'nativeQr', description: '门诊缴费', ...(channel === undefined ? {} : { channel }) }, { idempotencyKey: key });
    assert.equal(created.kind, 'ok', JSON.stringify(created));
    return created.value.tradeNo;
  }

  /** Waits until money is in and the HIS has booked it, as the machine and the HIS both say. */
  async isBooked(machine: VirtualMachine, tradeNo: string): Promise<void> {
    const client = this.application(machine);
    await eventually(`${tradeNo} is booked`, async () => {
      const found = await client.findPayment(tradeNo);
      return found.kind === 'ok' && found.value.confirmation.state === 'confirmed' ? true : undefined;
    }, SLOWLY_MS);
    assert.equal(this.simulators.his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo).length, 1, 'the HIS holds it exactly once');
  }
}

/** Makes the first account of a machine by the code on its screen, and signs in. */
export async function claim(machine: VirtualMachine, login = 'li.admin'): Promise<ConsoleClient> {
  const code = (await machine.says(SETUP_CODE))[1] ?? '';
  const made = await new ConsoleClient(machine.consoleOrigin).call('POST', '/first-login', { code, login, displayName: '李工', password: PASSWORD });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return signIn(machine, login);
}
export async function signIn(machine: VirtualMachine, login = 'li.admin'): Promise<ConsoleClient> {
  const administrator = new ConsoleClient(machine.consoleOrigin);
  const entered = await administrator.call('POST', '/session', { login, password: PASSWORD });
  assert.equal(entered.status, 200, JSON.stringify(entered.body));
  return administrator;
}

/** Begins work at the console and waits for its end. */
export async function runWork(administrator: ConsoleClient, path: string, kind: string): Promise<void> {
  // A new box backs itself up before anybody asks.
  await eventually(`${kind} begins`, async () => {
    const begun = await administrator.call('POST', path);
    assert.ok(begun.status === 202 || begun.status === 409, JSON.stringify(begun.body));
    return begun.status === 202 ? true : undefined;
  }, SLOWLY_MS);
  await workEnds(administrator, kind);
}

/** Waits until what this person began last of that kind has ended well. */
export async function workEnds(administrator: ConsoleClient, kind: string): Promise<void> {
  const ended = await eventually(`${kind} ends`, async () => {
    const { body } = await administrator.get('/work');
    const list = body['work'];
    const work = Array.isArray(list) ? (list as { kind: string; state: string; problem?: unknown }[]).find((one) => one.kind === kind) : undefined;
    return work === undefined || work.state === 'running' || work.state === 'waiting' ? undefined : work;
  }, SLOWLY_MS);
  assert.equal(ended.state, 'done', JSON.stringify(ended));
}
