import type { CardTerminalOperation } from '@hospay/plugin-sdk';
import type { CardTerminalState } from './ports.js';

type NextStep = { readonly nextZh: string; readonly nextEn: string };

const NOTHING: NextStep = { nextZh: '', nextEn: '' };
const STEPS: Readonly<Record<Exclude<CardTerminalState, 'unknown'>, NextStep>> = {
  running: { nextZh: '等待终端应答，请勿在终端上操作', nextEn: 'Wait for the terminal; do not touch it meanwhile' },
  done: NOTHING,
  refused: { nextZh: '按终端提示处理；不明白时联系收单机构', nextEn: 'Follow what the terminal says, or call the acquirer' },
  notSent: { nextZh: '没有发送：等终端上的交易结束、检查电源和网线后，再操作一次', nextEn: 'Nothing was sent: let the transaction at the terminal end, check power and cable, then try once more' },
};
const UNKNOWN: Readonly<Record<CardTerminalOperation, NextStep>> = {
  signIn: { nextZh: '结果未知：看终端屏幕是否已签到，没有则再签到一次', nextEn: 'Not known: look whether the terminal is signed in; if not, sign in again' },
  settle: { nextZh: '结果未知：先看终端是否已打印结算单，打印了就不要再结算；没有打印再结算一次', nextEn: 'Not known: look for the printed settlement slip; settle again only if there is none' },
  reprint: { nextZh: '结果未知：看终端是否已出单，没有则再打印一次', nextEn: 'Not known: look for the slip; print again if there is none' },
};

/** What the person beside the terminal does now. */
export function nextStep(state: CardTerminalState, operation: CardTerminalOperation): NextStep {
  return state === 'unknown' ? UNKNOWN[operation] : STEPS[state];
}
