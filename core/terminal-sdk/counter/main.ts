/** The reference window (窗口) and doctor station (医生站): one input that keeps the focus, keys for everything, and the desk behind them. */
import { browserStorage, connectBridge, fromBase64, mqttTransport, TerminalClient, type Bridge } from '../src/index.js';
import { element } from '../kiosk/element.js';
import { loadCounterConfig, type CounterConfig } from './counter-config.js';
import { Desk } from './desk.js';
import { register, takeDeposit, upkeep } from './further-business.js';
import { filesAndCards } from './files-and-cards.js';
import { askSearch, giveBack, search } from './found-orders.js';
import { insure } from './insure.js';
import { print } from './printing.js';
import { drawMoney, drawTrouble, drawWork, promptOf } from './screens.js';

const root = document.getElementById('counter') ?? document.body;
let bridge: Bridge | undefined;
let connection: 'online' | 'offline' | 'refused' = 'offline';

void boot();

async function boot(): Promise<void> {
  let config: CounterConfig;
  try {
    config = await loadCounterConfig();
  } catch (error) {
    root.replaceChildren(element('p', { class: 'trouble' }, `无法读取终端配置：${error instanceof Error ? error.message : ''}`));
    setTimeout(() => location.reload(), 5_000);
    return;
  }
  const device = { deviceId: config.device.deviceId, key: fromBase64(config.device.key) };
  const input = element('input', { id: 'scan', attributes: { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: '200', 'aria-label': '扫码或输入' } });
  const draw = () => { if (desk !== undefined) drawPage({ desk, config, input }); };
  let desk: Desk | undefined;
  const client = await TerminalClient.open({
    device, storage: browserStorage(localStorage, `hospay.${device.deviceId}.`), transport: mqttTransport({ url: config.mqttUrl, device }),
    events: {
      order: (order) => desk?.orderChanged(order),
      resumed: (session) => desk?.resumed(session),
      uncertain: draw,
      settled: (result) => desk?.showResult(result),
      connection(state) {
        connection = state;
        draw();
      },
    },
  });
  desk = new Desk(client, { search, insure, ...(config.checkoutOrigin === undefined ? {} : { checkoutOrigin: config.checkoutOrigin }), ...(config.channels === undefined ? {} : { channels: config.channels }) }, draw);
  listen(desk, input);
  if (config.bridgeUrl !== undefined) {
    bridge = connectBridge({ url: config.bridgeUrl, software: 'hospay reference counter', events: { scanned: (text) => { if (desk?.operator !== undefined) void desk.enter(text); }, changed: draw } });
  }
  draw();
  setInterval(() => desk?.tick(), 1_000);
}

const KEYS: Readonly<Record<string, { readonly label: string; readonly isOfWindow?: true; act(desk: Desk, typed: string): unknown }>> = {
  F1: { label: '钱箱/终端', isOfWindow: true, act: (desk) => upkeep(desk) },
  F2: { label: '挂号', isOfWindow: true, act: (desk) => register(desk) },
  F3: { label: '交费查询', isOfWindow: true, act: (desk) => askSearch(desk) },
  F4: { label: '预交金', isOfWindow: true, act: (desk) => takeDeposit(desk) },
  F5: { label: '锁定/换人', act: (desk) => desk.lock() },
  F6: { label: '现金', isOfWindow: true, act: (desk, typed) => desk.cash(typed) },
  F7: { label: '刷卡', isOfWindow: true, act: (desk) => desk.bankCard() },
  F8: { label: '聚合码', act: (desk) => desk.showCode() },
  F9: { label: '取消/退款', act: (desk) => giveBack(desk) },
  F10: { label: '打印/补打', act: (desk) => print(desk, bridge) },
  F11: { label: '建档/就诊卡', isOfWindow: true, act: (desk) => filesAndCards(desk) },
  Escape: { label: '返回', act: (desk) => desk.home() },
};

function listen(desk: Desk, input: HTMLInputElement): void {
  document.addEventListener('keydown', (event) => {
    desk.touched();
    if (desk.operator === undefined) return;
    const key = KEYS[event.key];
    if (key === undefined && event.key !== 'Enter') return input.focus();
    event.preventDefault();
    if (event.repeat) return;
    const typed = input.value;
    input.value = '';
    // What the scanner typed is nobody's business on the screen once it was taken.
    void (key === undefined ? desk.enter(typed) : key.isOfWindow === true && desk.isDoctor ? undefined : key.act(desk, typed));
  });
  // A click on a row must not take the scanner's next code away.
  document.addEventListener('pointerup', () => { if (desk.operator !== undefined) setTimeout(() => input.focus(), 0); });
  window.addEventListener('focus', () => { if (desk.operator !== undefined) input.focus(); });
}

const DEVICES = { printer: '打印机', cardReader: '读卡器', idReader: '身份证阅读器', scanner: '扫码枪', cashAcceptor: '收钞机', display: '客显' } as const;
const STATES = { ready: '就绪', offline: '离线', paperLow: '纸将尽', paperOut: '缺纸', jam: '卡纸', full: '已满', error: '故障' } as const;

type Page = { readonly desk: Desk; readonly config: CounterConfig; readonly input: HTMLInputElement };

function drawPage({ desk, config, input }: Page): void {
  const { session, operator } = desk;
  const kind = desk.isDoctor ? '医生站' : '收费窗口';
  document.title = kind;
  document.body.dataset['view'] = operator === undefined ? 'locked' : desk.view.kind;
  document.body.dataset['stage'] = String(desk.stage);
  document.body.classList.toggle('busy', desk.isBusy);
  const header = element('header', {}, element('b', {}, session?.configuration.hospitalName ?? kind), element('span', {}, session?.configuration.title ?? config.device.deviceId), element('span', { class: `line ${connection}`, id: 'line' }, { online: '已连接', offline: '网络中断，正在重连；订单不会丢失', refused: '本机未获准接入' }[connection]),
    ...(bridge?.devices ?? []).filter(({ state }) => state !== 'ready').map(({ device, state }) => element('span', { class: 'device', attributes: { 'data-device': device } }, `${DEVICES[device]}：${STATES[state]}`)),
    element('span', { class: 'operator', id: 'operator' }, operator === undefined ? '未登录' : `${operator.displayName}（${operator.operatorNo}）`));
  if (operator === undefined) {
    // The form is drawn once: a push must not empty what is being typed.
    if (document.getElementById('sign-in') === null) root.replaceChildren(header, signInForm(desk, config));
    else root.querySelector('header')?.replaceWith(header);
    document.getElementById('sign-in-trouble')?.replaceChildren(drawTrouble(desk) ?? '');
    return;
  }
  const keys = element('footer', {}, ...Object.entries(KEYS).filter(([, { isOfWindow }]) => !(isOfWindow === true && desk.isDoctor)).map(([name, { label }]) => element('span', {}, element('kbd', {}, name === 'Escape' ? 'Esc' : name), label)));
  const uncertain = desk.client.isUncertain ? element('div', { class: 'trouble', id: 'uncertain' }, element('b', {}, '上一笔支付结果确认中，请勿重复收款')) : undefined;
  const [main] = [element('main', {}, element('div', { class: 'scan' }, element('label', { id: 'prompt' }, promptOf(desk)), element('div', { class: 'slot' })), uncertain, drawTrouble(desk), element('div', { class: 'work' }, drawWork(desk), drawMoney(desk)))];
  // What was typed so far, and where the caret is, outlive every drawing.
  const typed = input.value;
  main?.querySelector('.slot')?.replaceWith(input);
  root.replaceChildren(header, main ?? '', hints(config), keys);
  input.value = typed;
  input.focus();
}

function hints({ hints: shown = [] }: CounterConfig): HTMLElement {
  return element('p', { class: 'hints' }, ...shown.map((hint) => element('span', {}, hint)));
}

function signInForm(desk: Desk, config: CounterConfig): HTMLElement {
  const field = (id: string, type: string, label: string) => element('input', { id, attributes: { type, autocomplete: 'off', maxlength: '128', 'aria-label': label, placeholder: label } });
  const operatorNo = field('operator-no', 'text', '工号');
  const password = field('password', 'password', '密码');
  const form = element('form', { id: 'sign-in' }, element('h1', {}, '操作员登录'), operatorNo, password, element('button', { class: 'primary', id: 'sign-in-button' }, '登录'), element('div', { id: 'sign-in-trouble' }),
    desk.view.kind === 'start' ? undefined : element('p', { class: 'quiet', id: 'kept' }, '当前业务已保留，登录后继续'), hints(config));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = password.value;
    password.value = '';
    if (operatorNo.value.trim() === '') return operatorNo.focus();
    if (given === '') return password.focus();
    void desk.signIn(operatorNo.value, given).then(() => { if (desk.operator === undefined) password.focus(); });
  });
  setTimeout(() => operatorNo.focus(), 0);
  return form;
}
