import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { makeHospitalAuthority, type HospitalAuthority } from '../contract/hospital-authority.js';
import { becomeAdministrator, becomeAuditor, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';

const NAMES = ['pay.hospital.test', '10.20.0.5'];
let opened: ConsoleUnderTest;
let page: Page;
let authority: HospitalAuthority;

before(async () => {
  opened = await openConsole();
  ({ page } = opened);
  authority = await makeHospitalAuthority(new Date());
  await becomeAdministrator(opened);
  await page.goto(`${opened.house.origin}/#/certificates`);
  await page.waitForSelector('[data-test=server-certificate] dl');
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

test('the card says what serves, by whom and until when, with both fingerprints and the root to take along', async () => {
  const text = await page.innerText('[data-test=server-certificate]');
  for (const words of ['本机签发', 'pay.hospital.test、10.20.0.5', '本机根证书指纹', '到期']) assert.ok(text.includes(words), words);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=root]')]);
  assert.equal(download.suggestedFilename(), 'hospay-root.cer');
  await looksRight(page, 'server-certificate');
});

test('a request is made and saved, a wrong answer says why, and the right one serves', async () => {
  await page.click('[data-test=request]');
  await page.waitForSelector('[data-test=save-request]');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=save-request]')]);
  assert.equal(download.suggestedFilename(), 'hospay.csr');
  const requestPem = (await opened.house.serverCertificate.read()).pendingRequest ?? '';
  const leaf = await authority.answer(requestPem, { names: NAMES });
  await page.click('[data-test=give-answer]');
  await page.fill('textarea[name=chainPem]', leaf);
  await looksRight(page, 'server-certificate-answer');
  await page.click('[data-test=give]');
  await page.waitForSelector('text=/证书链不完整/');
  await page.fill('textarea[name=chainPem]', [leaf, authority.betweenPem, authority.rootPem].join('\n'));
  await page.click('[data-test=give]');
  await page.waitForSelector('[data-test=server-certificate] >> text=医院 PKI 签发');
  assert.match(await page.innerText('[data-test=server-certificate]'), /Hospital Issuing/);
  await looksRight(page, 'server-certificate-hospital');
});

test('a chain with its key is uploaded, and the appliance’s own comes back after a question', async () => {
  const { chainPem, privateKeyPem } = await authority.keyed({ names: NAMES });
  await page.click('[data-test=give-upload]');
  await page.fill('textarea[name=chainPem]', chainPem);
  await page.fill('textarea[name=privateKeyPem]', privateKeyPem);
  await page.click('[data-test=give]');
  await page.waitForSelector('[data-test=server-certificate] >> text=/来源\\s*上传/');
  await page.click('[data-test=own]');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('[data-test=server-certificate] >> text=本机签发');
});

test('whoever only reads is offered nothing to change', async () => {
  await becomeAuditor(opened);
  await page.goto(`${opened.house.origin}/#/certificates`);
  await page.waitForSelector('[data-test=server-certificate] dl');
  for (const act of ['request', 'give-upload', 'own']) assert.equal(await page.locator(`[data-test=${act}]`).count(), 0);
});
