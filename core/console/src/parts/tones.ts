import type { IconName } from './icons';

export type Tone = 'good' | 'wait' | 'bad' | 'calm' | 'info';
type Look = { readonly tone: Tone; readonly icon: IconName };

const GOOD: Look = { tone: 'good', icon: 'check' };
const WAIT: Look = { tone: 'wait', icon: 'clock' };
const ASK: Look = { tone: 'bad', icon: 'question' };
const BAD: Look = { tone: 'bad', icon: 'alert' };
const NO: Look = { tone: 'calm', icon: 'cross' };
const CALM: Look = { tone: 'calm', icon: 'dash' };
const BACK: Look = { tone: 'info', icon: 'back' };

/** How each state looks: a colour never stands alone, the icon and the word say it too. Groups are those of the word lists. */
const LOOKS: Readonly<Record<string, Readonly<Record<string, Look>>>> = {
  payment: { created: WAIT, submitted: WAIT, paying: WAIT, unknown: ASK, closing: WAIT, succeeded: GOOD, closed: CALM, failed: NO },
  confirmation: { none: CALM, toConfirm: WAIT, confirming: WAIT, unknown: ASK, confirmed: GOOD, rejected: BAD, reversing: WAIT, reversed: BACK },
  refundState: { reserved: WAIT, approving: WAIT, submitted: WAIT, unknown: ASK, processing: WAIT, abnormal: BAD, succeeded: BACK, closed: NO, rejected: NO },
  invoice: { issuing: WAIT, issued: GOOD, flushing: WAIT, flushed: CALM, refused: CALM },
  prepaymentRun: { proposed: WAIT, approved: GOOD, paused: ASK, rejected: CALM },
  prepaymentReturn: { planned: WAIT, taking: WAIT, unknown: ASK, taken: WAIT, returned: GOOD, refused: CALM, changed: CALM },
  refundApprovalState: { proposed: WAIT, firstApproved: WAIT, approved: GOOD, rejected: CALM, expired: CALM },
  changeState: { proposed: WAIT, firstApproved: WAIT, approved: WAIT, refused: CALM, expired: CALM, applied: GOOD, superseded: CALM, failed: BAD },
  settlementState: { proposed: WAIT, approved: GOOD, rejected: CALM, expired: CALM },
  periodState: { open: CALM, proposed: WAIT, closed: GOOD },
  expectedState: { waiting: WAIT, due: ASK, hung: BAD, unsettled: CALM },
  payoutState: { proposed: WAIT, firstApproved: WAIT, approved: WAIT, rejected: CALM, expired: CALM, submitted: WAIT, processing: WAIT, unknown: ASK, succeeded: GOOD, failed: NO, returned: BACK },
  agreementState: { requested: WAIT, confirming: WAIT, active: GOOD, failed: NO, ending: WAIT, ended: CALM },
  receiptState: { awaited: WAIT, kept: GOOD, none: CALM, givenUp: ASK },
  bankStatementOutcome: { imported: GOOD, notReady: WAIT, unusable: BAD },
  bankLineMeaning: { paid: GOOD, returned: BACK, arrived: GOOD, strange: BAD, nobodys: CALM },
  caseWork: { open: ASK, taken: WAIT, proposed: WAIT, ended: GOOD },
  transferState: { recorded: WAIT, confirmed: GOOD, rejected: CALM },
  formState: { given: ASK, printed: GOOD, void: CALM },
  hisNotice: { kept: WAIT, done: GOOD, refused: CALM },
  discharge: { requested: WAIT, settling: WAIT, unknown: ASK, settled: WAIT, returned: GOOD, rejected: CALM },
  presettlement: { requested: WAIT, unknown: ASK, presettled: WAIT, settling: WAIT, settled: GOOD, abandoning: WAIT, abandoned: CALM },
  taskRun: { running: WAIT, succeeded: GOOD, failed: BAD, missed: BAD, overlapped: CALM, interrupted: BAD },
  plugin: { discovered: WAIT, verified: WAIT, activating: WAIT, active: GOOD, stopping: WAIT, stopped: CALM, waiting: ASK, attention: BAD, failed: BAD, disabled: CALM },
  secondFactorState: { on: GOOD, off: CALM, missing: ASK, proven: GOOD, passwordOnly: CALM },
  terminalStatus: { unclaimed: WAIT, active: GOOD, disabled: NO },
  configurationState: { none: CALM, current: GOOD, behind: WAIT, failed: BAD },
  noticeState: { planned: WAIT, shown: GOOD, over: CALM, withdrawn: NO },
  noticeSeverity: { information: { tone: 'info', icon: 'flag' }, warning: { tone: 'wait', icon: 'alert' }, outOfService: BAD },
  faultLevel: { critical: BAD, warning: { tone: 'wait', icon: 'alert' }, notice: { tone: 'info', icon: 'flag' } },
  terminalCondition: { alarm: { tone: 'bad', icon: 'flag' }, offline: { tone: 'bad', icon: 'cross' }, paperOut: { tone: 'bad', icon: 'printer' }, fault: BAD, paperLow: { tone: 'wait', icon: 'printer' }, warning: { tone: 'wait', icon: 'alert' }, well: GOOD, unclaimed: WAIT, disabled: CALM },
  presence: { online: GOOD, offline: NO },
  userStatus: { active: GOOD, disabled: NO },
  findingState: { waiting: WAIT, ok: GOOD, warning: { tone: 'wait', icon: 'alert' }, failed: BAD, skipped: CALM },
  setupState: { done: GOOD, open: CALM, attention: { tone: 'wait', icon: 'alert' }, skipped: { tone: 'info', icon: 'dash' } },
  selfTestStage: { paying: WAIT, confirming: WAIT, unpaid: CALM, refunding: WAIT, refundBlocked: BAD, done: GOOD },
  servedCertificate: { fine: GOOD, missing: BAD, keyMismatch: BAD },
  backupState: { running: WAIT, good: GOOD, failed: BAD, removed: CALM },
  backupTargetState: { ready: GOOD, unusable: BAD },
  slotState: { good: GOOD, trying: { tone: 'wait', icon: 'flag' }, failed: BAD, empty: NO },
  verdictLevel: { wrong: BAD, attention: { tone: 'wait', icon: 'alert' }, unknown: CALM, fine: GOOD },
  preflight: { good: GOOD, look: { tone: 'wait', icon: 'flag' }, stop: BAD },
  displayState: { active: GOOD, withdrawn: NO },
  severity: { 1: BAD, 2: { tone: 'wait', icon: 'flag' }, 3: { tone: 'info', icon: 'flag' } },
  alarmDelivery: { waiting: WAIT, delivered: GOOD, dropped: CALM },
  credentialAlarm: { expiring: WAIT, expired: BAD, notYetValid: BAD, missing: BAD, unreadable: BAD, keyMismatch: BAD, serialMismatch: BAD, changed: ASK, notListed: ASK, expiryUnknown: ASK, old: WAIT },
  rotation: { failed: BAD, passed: GOOD, active: GOOD, takenBack: BACK, outdated: CALM },
  rehearsalResult: { passed: GOOD, warning: { tone: 'wait', icon: 'alert' }, failed: BAD, skipped: CALM },
  cashComparison: { same: GOOD, differs: BAD, inFlight: WAIT, noBook: ASK, bookGone: CALM },
  dayState: { postponed: WAIT, stopped: BAD, open: WAIT, explained: { tone: 'info', icon: 'flag' }, balanced: GOOD },
  sinkState: { current: GOOD, behind: WAIT, stuck: BAD },
  auditCollectorState: { current: GOOD, behind: WAIT, stuck: BAD },
  statementDelivery: { fetched: CALM, waiting: WAIT, retried: ASK, delivered: GOOD },
  workState: { waiting: WAIT, running: WAIT, done: GOOD, failed: BAD, cancelled: CALM },
  exportState: { waiting: WAIT, running: WAIT, done: GOOD, failed: BAD, cancelled: CALM },
  tillOpening: { requested: WAIT, opened: GOOD, contradicts: NO, unknown: ASK },
  cardTerminalState: { running: WAIT, done: GOOD, refused: NO, notSent: CALM, unknown: ASK },
  phase: { pending: WAIT, voided: CALM, final: GOOD },
};

export function lookOf(group: string, state: string): Look {
  return LOOKS[group]?.[state] ?? CALM;
}
