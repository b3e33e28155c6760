/** Terminals served: what they may ask, and the gateway that hears them. Part of the composition root. */
import { join } from 'node:path';
import { levelsNeeded } from './approvals/refund-desk.js';
import { openMoneyReader } from './edges/database/money-reader/open-money-reader.js';
import { startTerminalGateway } from './edges/mqtt/terminal-gateway.js';
import { reprintReceipt, showOrderOfHospital } from './payments/order-of-hospital.js';
import { viewOrder } from './payments/order-view.js';
import { get, TOKENS } from './platform-container.js';
import { functionsOf } from './platform-fleet.js';
import { fleetOf, must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { refundAtWindow } from './refunds/refund-at-window.js';
import type { TerminalUseCases } from './terminals/ports.js';
import { createTerminalAnnouncer } from './terminals/terminal-announcer.js';
import { createTerminalDesk } from './terminals/terminal-desk.js';

export async function startTerminals(options: PlatformOptions, running: Running) {
  const { configuration: { mqtt, hospital }, clock, timers, random, log } = options;
  const { store } = must(running);
  const payments = get(TOKENS.payments);
  const audit = get(TOKENS.audit);
  const { reader } = (running.counterReader = openMoneyReader({ file: join(options.configuration.dataFolder, 'money.sqlite'), hospitalId: hospital.id }));
  const useCases: TerminalUseCases = {
    ...get(TOKENS.useCases), ...get(TOKENS.checkout), ...get(TOKENS.windowDesk), ...get(TOKENS.shifts), ...get(TOKENS.forms),
    searchOrders: (request) => reader.searchOrders(request),
    showOrderOfHospital: (request) => showOrderOfHospital(payments, request),
    reprintReceipt: (request) => reprintReceipt({ ...payments, audit }, request),
    refundAtWindow: (request) => refundAtWindow({ ...payments, audit, limits: options.configuration.counters.refundLimits, needsApproval: (change, asked) => levelsNeeded(options.configuration.approvals.refunds, change, asked) > 0 }, request),
  };
  const { centres } = get(TOKENS.insurance);
  // The centre answers for a channel, and the HIS can tell it what it must know of bills.
  const isInsured = (): boolean => payments.hospitals.find(hospital.id)?.insuranceDetails !== undefined && options.configuration.channels.some(({ id }) => centres.find(id) !== undefined);
  const registry = get(TOKENS.terminals);
  const { watch, configuration, notices, authority, signer } = fleetOf(running);
  const desk = createTerminalDesk({
    registry, useCases, operators: get(TOKENS.operators), clock, random, log,
    fleet: {
      heard: (message) => { watch.heard(message); }, clockOff: (message) => { watch.clockOff(message); }, report: (deviceId, report) => watch.report(deviceId, report),
      configurationReported: (deviceId, reported) => watch.configurationReported(deviceId, reported), issueCertificate: (deviceId, csr) => authority.issue(deviceId, csr), noticeKey: signer.publicKey,
    },
    configurationOf: (terminal) => ({
      hospitalName: hospital.name, title: terminal.title, kind: terminal.kind, ...(terminal.group === undefined ? {} : { group: terminal.group }), methods: isInsured() ? ['nativeQr', 'medicalInsurance'] : ['nativeQr'],
      ...(options.configuration.payments.insuranceOrder === undefined ? {} : { insuranceOrder: options.configuration.payments.insuranceOrder }),
      ...(payments.policy.numberedBusinesses.length === 0 ? {} : { numberedBusinesses: [...payments.policy.numberedBusinesses] }),
      ...offeredBy(useCases.offeredFunctions(hospital.id)),
      cardTypes: ['visitCard', 'idCard', 'insuranceCard', 'healthCode', 'outpatientNo'], ...functionsOf(configuration.desiredOf(terminal)?.document),
    }),
  });
  const announcer = createTerminalAnnouncer({ registry, desk, configuration, notices, signer, clock, timers, random, log });
  running.gateway = await startTerminalGateway({
    url: mqtt.url ?? running.broker?.url ?? `mqtt://${mqtt.host}:${String(mqtt.port)}`,
    username: mqtt.coreUsername,
    password: running.corePassword ?? '',
    desk,
    presence: get(TOKENS.presence),
    orders: {
      onChanged: (listener) => store.onChanged(listener),
      async find(tradeNo) {
        const found = await store.findOrder(tradeNo);
        return found === undefined ? undefined : { owner: found.order.owner, view: viewOrder(found) };
      },
    },
    announcer,
    log,
  });
  return { gateway: running.gateway, announcer };
}

function offeredBy(functions: readonly string[] | undefined): { readonly functions?: string[] } {
  return functions === undefined ? {} : { functions: [...functions] };
}
