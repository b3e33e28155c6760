/** The reference kiosk: reads its configuration, finds or makes its key, connects, and draws the walk. */
import {
  browserStorage, connectBridge, enrol, enrolByApproval, findEnrolment, fromBase64, keepEnrolment, keepRotatedKeys, mqttTransport, showCode, TerminalClient, type Bridge, type Device, type Notice, type TerminalError, type TerminalStorage,
} from '../src/index.js';
import { button, element } from './element.js';
import { loadKioskConfig, type KioskConfig } from './kiosk-config.js';
import { settleForm, takeForm, type FormOfSlip } from './numbered-form.js';
import { printReceipt } from './print-receipt.js';
import { countdown } from './parts.js';
import { drawReceipt, drawScreen, stepOf } from './screens.js';
import { LANGUAGES, type Language } from './texts.js';
import { Walk, type Seen } from './walk.js';

const root = document.getElementById('kiosk') ?? document.body;
const storage: TerminalStorage = browserStorage(localStorage, 'hospay.');
let language: Language = localStorage.getItem('hospay.language') === 'en' ? 'en' : 'zh';
let isElder = localStorage.getItem('hospay.elder') === 'yes';
let bridge: Bridge | undefined;
let isPrinting = false;
/** Numbers whose sheet the printer never touched, by order. */
const unprinted = new Map<string, FormOfSlip>();
let connection: 'online' | 'offline' | 'refused' = 'offline';

void boot();

async function boot(): Promise<void> {
  const texts = () => LANGUAGES[language];
  if (!(await isOnlyWindow())) return drawNotice(texts().otherWindow, texts().otherWindowHint);
  let config: KioskConfig;
  try {
    config = await loadKioskConfig();
  } catch (error) {
    drawNotice(texts().configFailed, error instanceof Error ? error.message : '');
    setTimeout(() => location.reload(), 5_000);
    return;
  }
  const device = (await knownDevice(config)) ?? (await enrolHere(config));
  await run(config, device);
}

/** Two windows with one identity would push each other off the line for ever. Without the lock API (plain http) the broker is the judge. */
function isOnlyWindow(): Promise<boolean> {
  if (!('locks' in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request('hospay-kiosk', { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      // Held as long as the page lives.
      return lock === null ? undefined : new Promise<void>(() => undefined);
    });
  });
}

async function knownDevice(config: KioskConfig): Promise<Device | undefined> {
  if (config.device !== undefined) return { deviceId: config.device.deviceId, key: fromBase64(config.device.key) };
  return findEnrolment(storage).catch(() => undefined);
}

const SOFTWARE = 'hospay reference kiosk 0.1.0';

/** By the claim code of the configuration (demo); else by a code on this screen that somebody approves in the console, or by one a person types here. */
async function enrolHere(config: KioskConfig): Promise<Device> {
  let claimCode = config.claimCode;
  let problem: string | undefined;
  for (;;) {
    const code = claimCode ?? (problem === undefined ? undefined : await askForClaimCode(problem));
    claimCode = undefined;
    const url = config.enrolUrl ?? config.mqttUrl;
    if (code === undefined) {
      const approved = await showOwnCode(url);
      if (approved === 'typed') problem = '';
      else if (approved !== undefined) return approved;
      continue;
    }
    drawNotice(LANGUAGES[language].enrolling, '');
    const result = await enrol({ url, claimCode: code, software: SOFTWARE });
    if (result.kind === 'enrolled') {
      await keepEnrolment(storage, result);
      return result.device;
    }
    problem = result.kind === 'refused' ? `${language === 'zh' ? result.error.zh : result.error.en}。${language === 'zh' ? result.error.nextZh : result.error.nextEn}` : LANGUAGES[language].noAnswer;
  }
}

/** `typed`: the person has a code from the console and will type it. Undefined: rejected; another code is shown. */
async function showOwnCode(url: string): Promise<Device | 'typed' | undefined> {
  const texts = LANGUAGES[language];
  const stop = new AbortController();
  const result = await enrolByApproval({
    url, software: SOFTWARE, signal: stop.signal,
    onCode: ({ code, until, state }) => {
      root.replaceChildren(element('main', {}, element('section', { class: 'card' }, element('h1', {}, texts.enrol), element('p', { class: 'hint' }, texts.approveHint), element('p', { class: 'own-code', id: 'own-code' }, showCode(code)),
        element('p', { class: 'hint', id: 'own-code-state' }, state === 'waiting' ? texts.approveWaiting : texts.offline, ' ', until.toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' })),
        element('div', { class: 'actions' }, button(texts.typeCode, () => stop.abort(), { id: 'type-code' })))));
    },
  });
  if (result.kind === 'stopped') return 'typed';
  if (result.kind === 'enrolled') {
    await keepEnrolment(storage, result);
    return result.device;
  }
  drawNotice(texts.enrolFailed, language === 'zh' ? `${result.error.zh}。${result.error.nextZh}` : `${result.error.en}. ${result.error.nextEn}`);
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  return undefined;
}

function askForClaimCode(problem: string): Promise<string> {
  const texts = LANGUAGES[language];
  return new Promise((resolve) => {
    const input = element('input', { id: 'claim-code', attributes: { type: 'text', autocomplete: 'off', autocapitalize: 'characters', maxlength: '60', 'aria-label': texts.enrolHint } });
    const go = () => {
      if (input.value.trim() !== '') resolve(input.value);
    };
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') go();
    });
    root.replaceChildren(element('main', {}, element('section', { class: 'card' }, element('h1', {}, texts.enrol), problem === '' ? undefined : element('p', { class: 'trouble' }, texts.enrolFailed, '：', problem), element('p', { class: 'hint' }, texts.enrolHint), input,
      element('div', { class: 'actions' }, button(texts.enrolButton, go, { class: 'primary', id: 'enrol' })))));
    input.focus();
  });
}

async function run(config: KioskConfig, device: Device): Promise<void> {
  let walk: Walk | undefined;
  let client: TerminalClient | undefined;
  const draw = () => {
    if (walk !== undefined && client !== undefined) drawPage({ config, walk, client, device, draw });
  };
  client = await TerminalClient.open({
    device,
    storage: browserStorage(localStorage, `hospay.${device.deviceId}.`),
    transport: mqttTransport({ url: config.mqttUrl, device }),
    report: { software: SOFTWARE },
    // A key that a local agent keeps is the agent's to rotate.
    ...(config.device === undefined ? { keepKeys: (rotated: Device) => keepRotatedKeys(storage, rotated) } : {}),
    events: {
      order: (order) => walk?.orderChanged(order),
      resumed: (session) => walk?.resumed(session),
      uncertain: (isUncertain) => walk?.uncertain(isUncertain),
      settled: (result) => walk?.showResult(result),
      notices: (valid) => {
        shownNotices = valid;
        draw();
      },
      configuration: (document) => {
        configured = readConfiguration(document);
        if (configured.idleSeconds !== undefined) walk?.setIdle(configured.idleSeconds * 1_000);
        draw();
      },
      connection(state) {
        connection = state;
        if (state === 'refused') void enrolAnew(config);
        draw();
      },
    },
  });
  walk = new Walk(client, { ...config, seen: seenSettlements() }, draw);
  if (configured.idleSeconds !== undefined) walk.setIdle(configured.idleSeconds * 1_000);
  if (config.bridgeUrl !== undefined) bridge = connectBridge({ url: config.bridgeUrl, software: 'hospay reference kiosk', events: { scanned: (text) => void walk?.scanned(text) } });
  draw();
  document.addEventListener('pointerdown', () => walk?.touched());
  document.addEventListener('keydown', () => walk?.touched());
  setInterval(() => {
    const stageBefore = document.body.dataset['stage'];
    walk?.tick();
    updateClock(client);
    const { order } = walk ?? {};
    const seconds = document.getElementById('seconds');
    if (seconds !== null && client !== undefined && walk !== undefined) seconds.textContent = countdown(order === undefined ? walk.secondsLeft : secondsLeft(client, order));
    if (String(walk?.stage) !== stageBefore) draw();
  }, 1_000);
}

/** The newest few are enough: the core tells of the last half hour. */
function seenSettlements(): Seen {
  const name = 'hospay.seenSettlements';
  const known = () => (localStorage.getItem(name) ?? '').split(' ');
  return { has: (no) => known().includes(no), add: (no) => localStorage.setItem(name, [no, ...known()].slice(0, 20).join(' ')) };
}

let shownNotices: readonly Notice[] = [];
let configured: { readonly idleSeconds?: number } = {};
/** What of the configuration this page knows. */
function readConfiguration(document: Readonly<Record<string, unknown>>): { readonly idleSeconds?: number } {
  const { screen } = document;
  return typeof screen === 'object' && screen !== null && 'idleSeconds' in screen && typeof screen.idleSeconds === 'number' ? { idleSeconds: screen.idleSeconds } : {};
}

let isEnrollingAnew = false;
/** The key kept here is no longer valid (the appliance was set up anew): a fresh claim from the configuration replaces it. */
async function enrolAnew(before: KioskConfig): Promise<void> {
  if (isEnrollingAnew || before.device !== undefined) return;
  isEnrollingAnew = true;
  const config = await loadKioskConfig().catch(() => undefined);
  if (config?.claimCode === undefined) {
    isEnrollingAnew = false;
    return;
  }
  const result = await enrol({ url: config.enrolUrl ?? config.mqttUrl, claimCode: config.claimCode, software: SOFTWARE });
  isEnrollingAnew = false;
  if (result.kind !== 'enrolled') return;
  await keepEnrolment(storage, result);
  location.reload();
}

type Page = { readonly config: KioskConfig; readonly walk: Walk; readonly client: TerminalClient; readonly device: Device; readonly draw: () => void };

function drawPage({ config, walk, client, device, draw }: Page): void {
  const texts = LANGUAGES[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.documentElement.classList.toggle('elder', isElder);
  document.title = texts.title;
  document.body.dataset['screen'] = walk.screen.kind;
  document.body.dataset['stage'] = String(walk.stage);
  document.body.dataset['errand'] = walk.errand;
  const step = stepOf(walk.screen, walk.stage, walk.errand);
  const print = async () => {
    const { order } = walk;
    if (document.querySelector('.receipt') === null || isPrinting) return;
    isPrinting = true;
    try {
      const taken: FormOfSlip = order === undefined ? { kind: 'none' } : (unprinted.get(order.tradeNo) ?? await takeForm(client, order, walk.session?.configuration.numberedBusinesses));
      if (taken.kind === 'noAnswer') return walk.noAnswer();
      const slip = drawReceipt(walk, texts, taken);
      if (slip === undefined) return;
      document.querySelector('.receipt')?.replaceWith(slip);
      const result = await printReceipt(slip, bridge);
      if (taken.kind === 'form' && order !== undefined) unprinted[(await settleForm(client, taken.form, result)) === 'kept' ? 'set' : 'delete'](order.tradeNo, taken);
      // A slip the printer did not take is not printed: a person presses again, or goes to a window.
      if (result.kind === 'done') await walk.receiptPrinted();
    } finally {
      isPrinting = false;
    }
  };
  const openDetails = new Set([...root.querySelectorAll('details[open]')].map((details) => details.previousElementSibling?.getAttribute('data-bill')));
  const typed = root.querySelector('input')?.value;
  root.replaceChildren(
    element('header', {},
      element('div', { class: 'hospital' }, element('b', {}, walk.session?.configuration.hospitalName ?? texts.title), element('small', {}, walk.session?.configuration.title ?? device.deviceId)),
      element('time', { id: 'clock' }),
      button(isElder ? texts.standardMode : texts.elderMode, () => { isElder = !isElder; localStorage.setItem('hospay.elder', isElder ? 'yes' : 'no'); draw(); }, { class: 'switch', id: 'elder' }),
      button(texts.otherLanguage, () => { language = language === 'zh' ? 'en' : 'zh'; localStorage.setItem('hospay.language', language); draw(); }, { class: 'switch', id: 'language' })),
    step === undefined ? element('div', { class: 'no-steps' }) : element('ol', { class: 'steps' }, ...texts.errandSteps[walk.errand].map((label, index) => element('li', { class: index < step ? 'past' : index === step ? 'now' : '' }, label))),
    element('main', {}, ...notices(walk, client), drawScreen({ walk, texts, config, secondsLeft: (order) => secondsLeft(client, order), print: () => void print() })),
    element('footer', {}, element('span', { class: `connection ${connection}`, id: 'line' }, texts[connection]), element('span', {}, device.deviceId)),
    drawReceipt(walk, texts) ?? '',
  );
  for (const details of root.querySelectorAll('details')) if (openDetails.has(details.previousElementSibling?.getAttribute('data-bill'))) details.open = true;
  const input = root.querySelector('input');
  if (input !== null && typed !== undefined) input.value = typed;
  document.body.classList.toggle('busy', walk.isBusy);
  updateClock(client);
}

function notices(walk: Walk, client: TerminalClient): HTMLElement[] {
  const texts = LANGUAGES[language];
  const list: HTMLElement[] = [];
  const say = (kind: string, title: string, hint: string) => list.push(element('p', { class: `notice ${kind}`, id: `notice-${kind}` }, element('b', {}, title), hint === '' ? undefined : element('span', {}, hint)));
  for (const { noticeId, severity, zh, en } of shownNotices) list.push(element('p', { class: `notice house ${severity}`, id: `notice-${noticeId}` }, element('b', {}, language === 'zh' ? zh : (en ?? zh))));
  if (connection !== 'online') say('line', texts.lineDown, '');
  if (client.isUncertain) say('uncertain', texts.confirming, '');
  if (walk.screen.kind === 'order' && walk.screen.isRestored && walk.stage !== 'done') say('restored', texts.resumed, '');
  const { trouble } = walk;
  if (trouble?.kind === 'noAnswer') say('trouble', texts.noAnswer, texts.noAnswerHint);
  if (trouble?.kind === 'slotTaken') say('trouble', texts.slotTaken, texts.slotTakenHint);
  if (trouble?.kind === 'noStay') say('trouble', texts.noStay, texts.noStayHint);
  if (trouble?.kind === 'notVoucher') say('trouble', texts.notVoucher, texts.notVoucherHint);
  if (trouble?.kind === 'voucherAgain') say('trouble', texts.voucherAgain, texts.voucherAgainHint);
  if (trouble?.kind === 'notInsured') say('trouble', texts.notInsured, texts.notInsuredHint);
  if (trouble?.kind === 'keepsItself') say('trouble', texts.keepsItself, texts.keepsItselfHint);
  if (trouble?.kind === 'refused') say('trouble', refusalText(trouble.error), language === 'zh' ? trouble.error.nextZh : trouble.error.nextEn);
  return list;
}

/** Why a stay cannot be settled is known to the HIS alone, and is said in its words. */
function refusalText({ code, zh, en, detail }: TerminalError): string {
  const words = language === 'zh' ? zh : en;
  return code === 'DISCHARGE_HINDERED' && detail !== undefined && detail !== '' ? `${words}：${detail}` : words;
}

function drawNotice(title: string, hint: string): void {
  root.replaceChildren(element('main', {}, element('section', { class: 'wait' }, element('h1', {}, title), element('p', { class: 'hint' }, hint))));
}

function updateClock(client: TerminalClient | undefined): void {
  const clock = document.getElementById('clock');
  if (clock !== null && client !== undefined) clock.textContent = client.coreTime.toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hour12: false });
}

function secondsLeft(client: TerminalClient, order: { readonly payments: readonly { readonly state: string; readonly expiresAt: string }[] }): number {
  const open = order.payments.find(({ state }) => state === 'paying');
  return open === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(open.expiresAt) - client.coreTime.getTime()) / 1_000));
}
