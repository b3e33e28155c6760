/** A kiosk as a vendor would build it: the terminal SDK, enrolled by its claim code over the enrolment listener. */
import assert from 'node:assert/strict';
import { enrol, memoryStorage, mqttTransport, TerminalClient, type Device, type TerminalStorage } from '@hospay/terminal-sdk';
import type { ApplianceUnderTest } from './appliance-under-test.js';

type Order = Extract<Awaited<ReturnType<TerminalClient['pay']>>, { kind: 'order' }>['order'];
export type { Order };

export class KioskUnderTest {
  readonly device: Device;
  readonly storage: TerminalStorage;
  readonly pushed: Order[] = [];
  #client: TerminalClient | undefined;

  private constructor(device: Device, storage: TerminalStorage) {
    this.device = device;
    this.storage = storage;
  }

  static async enrol(appliance: ApplianceUnderTest, id = 'kiosk-1', broker: { readonly port?: number; readonly afterClaim?: () => void } = {}): Promise<KioskUnderTest> {
    const enrolled = await enrol({ url: `mqtt://127.0.0.1:${String(appliance.addresses.enrolment)}`, claimCode: appliance.claimCode(id) });
    assert.equal(enrolled.kind, 'enrolled', JSON.stringify(enrolled));
    // The core writes an external broker's files a moment after the claim.
    if (broker.afterClaim !== undefined) await new Promise((wake) => { setTimeout(wake, 1_000); });
    broker.afterClaim?.();
    const kiosk = new KioskUnderTest(enrolled.device, memoryStorage());
    await kiosk.powerOn(appliance, broker.port);
    return kiosk;
  }

  get client(): TerminalClient {
    assert.ok(this.#client, 'the kiosk is switched off');
    return this.#client;
  }

  async powerOn(appliance: ApplianceUnderTest, port = appliance.addresses.mqtt): Promise<void> {
    const online = Promise.withResolvers<void>();
    this.#client = await TerminalClient.open({
      device: this.device,
      storage: this.storage,
      transport: mqttTransport({ url: `mqtt://127.0.0.1:${String(port)}`, device: this.device }),
      events: { order: (order) => { this.pushed.push(order); }, resumed: () => { online.resolve(); } },
    });
    await online.promise;
  }

  async powerOff(): Promise<void> {
    await this.#client?.stop();
    this.#client = undefined;
  }

  /** Card → bills → quote. */
  async quote(cardNo: string, choose: (billNos: readonly string[]) => readonly string[] = (billNos) => billNos.slice(0, 1)) {
    const found = await this.client.call('patient.find', { cardType: 'visitCard', cardNo });
    assert.equal(found.kind, 'ok', JSON.stringify(found));
    const [patient] = found.value.patients;
    assert.ok(patient);
    const listed = await this.client.call('bill.list', { patientId: patient.patientId });
    assert.equal(listed.kind, 'ok', JSON.stringify(listed));
    const billNos = [...choose(listed.value.bills.map((bill) => bill.billNo))];
    const quoted = await this.client.call('bill.quote', { patientId: patient.patientId, billNos });
    assert.equal(quoted.kind, 'ok', JSON.stringify(quoted));
    return { patient, bills: listed.value.bills, quote: quoted.value };
  }

  /** Card → … → QR on the screen. */
  async showCode(cardNo: string): Promise<Order> {
    const { quote } = await this.quote(cardNo);
    const paid = await this.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' });
    assert.equal(paid.kind, 'order', JSON.stringify(paid));
    return paid.order;
  }

  async ask(tradeNo: string): Promise<Order> {
    const asked = await this.client.call('payment.query', { tradeNo });
    assert.equal(asked.kind, 'ok', JSON.stringify(asked));
    return asked.value;
  }
}

export function paymentNoOf(order: Order): string {
  const paymentNo = order.payments[0]?.paymentNo;
  assert.ok(paymentNo);
  return paymentNo;
}
