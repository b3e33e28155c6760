import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Payee } from '@hospay/plugin-sdk';
import { payeeVault } from './payee-vault.js';
import { createSecretBox } from './secret-box.js';

const PAYEE: Payee = { accountNo: '6222020200098765432', accountName: '张小三', bankName: '工商银行', isPersonal: true };

test('a payee is opened for its own payout and under its own key only; what is kept shows nothing of it', () => {
  const vault = payeeVault(createSecretBox(randomBytes(32)));
  const sealed = vault.seal(PAYEE, 'FK1');
  assert.deepEqual(vault.open(sealed, 'FK1'), PAYEE);
  assert.ok(!sealed.includes('98765432'));
  assert.notEqual(vault.seal(PAYEE, 'FK1'), sealed, 'two payouts to one account do not look alike');
  assert.equal(vault.open(sealed, 'FK2'), undefined, 'moved to another payout');
  assert.equal(vault.open(`${sealed.slice(0, -4)}AAAA`, 'FK1'), undefined, 'altered');
  assert.equal(payeeVault(createSecretBox(randomBytes(32))).open(sealed, 'FK1'), undefined, 'another key file');
});

test('the fingerprint of a payee changes with each of its digits and words, and nobody makes it without the key', () => {
  const [vault, other] = [payeeVault(createSecretBox(randomBytes(32))), payeeVault(createSecretBox(randomBytes(32)))];
  const fingerprint = vault.fingerprint(PAYEE);
  assert.equal(vault.fingerprint({ ...PAYEE }), fingerprint);
  const changes: Partial<Payee>[] = [{ accountNo: '6222020200098765431' }, { accountName: '张小四' }, { bankName: '建设银行' }, { bankNo: '102100000123' }, { isPersonal: false }];
  for (const change of changes) assert.notEqual(vault.fingerprint({ ...PAYEE, ...change }), fingerprint);
  assert.notEqual(other.fingerprint(PAYEE), fingerprint);
});
