import assert from 'node:assert/strict';
import { test } from 'node:test';
import { campusOf, routePayment, type RouteCriteria, type RoutingRule } from './route-payment.js';

const CAMPUSES = [{ id: 'main', owners: [] }, { id: 'east', owners: ['kiosk-e-*', 'app-east'] }];
const CONFIGURED = ['wechat-main', 'alipay-main', 'wechat-east', 'pos'];
const RULES: readonly RoutingRule[] = [
  { name: 'no large scans', when: { methods: ['nativeQr', 'paymentCode'], fromFen: 5_000_000 }, channels: [] },
  { name: 'deposits', when: { feeTypes: ['住院预交'] }, channels: ['alipay-main'] },
  { name: 'east', when: { campuses: ['east'], methods: ['nativeQr'] }, channels: ['wechat-east', 'wechat-main'] },
  { name: 'windows', when: { terminalKinds: ['window'], methods: ['bankCard'] }, channels: ['pos'] },
];
const payment = (set: Partial<RouteCriteria>): RouteCriteria => ({ method: 'nativeQr', amountFen: 1_000, hospitalId: 'h', owner: { kind: 'terminal', id: 'kiosk-1' }, ...set });
const route = (set: Partial<RouteCriteria>) => routePayment(RULES, CAMPUSES, CONFIGURED, payment(set));

test('without a rule that matches every configured channel may serve, in its order', () => {
  assert.deepEqual(route({}), CONFIGURED);
});

test('the first rule whose conditions all hold decides: campus, fee type, terminal group, amount', () => {
  assert.deepEqual(route({ owner: { kind: 'terminal', id: 'kiosk-e-7' } }), ['wechat-east', 'wechat-main']);
  assert.deepEqual(route({ owner: { kind: 'application', id: 'app-east' } }), ['wechat-east', 'wechat-main']);
  assert.deepEqual(route({ feeType: '住院预交', owner: { kind: 'terminal', id: 'kiosk-e-7' } }), ['alipay-main']);
  assert.deepEqual(route({ method: 'bankCard', terminalKind: 'window' }), ['pos']);
  assert.deepEqual(route({ method: 'bankCard', terminalKind: 'kiosk' }), CONFIGURED);
  assert.deepEqual(route({ amountFen: 5_000_000 }), []);
  assert.deepEqual(route({ amountFen: 4_999_999 }), CONFIGURED);
});

test('a channel asked for by name is served only where the rules allow it, and is never replaced by another', () => {
  assert.deepEqual(route({ wanted: 'alipay-main' }), ['alipay-main']);
  assert.deepEqual(route({ wanted: 'alipay-main', owner: { kind: 'terminal', id: 'kiosk-e-7' } }), []);
});

test('an owner no campus names belongs to the first', () => {
  assert.equal(campusOf(CAMPUSES, { kind: 'terminal', id: 'kiosk-1' }), 'main');
  assert.equal(campusOf([], { kind: 'terminal', id: 'kiosk-1' }), undefined);
});
