/** The checkout page (收银台): opens the code, starts the payment the patient chose, takes him to the wallet, and shows what the core knows of the result. */
import { checkoutApi, type Answer, type CheckoutView, type Refusal, type Stage, type Wallet } from './checkout-api.js';
import { drawPage } from './screens.js';
import { TEXTS, timeLeftText, toldOf, type Said, type Told } from './texts.js';
import { toWallet } from './to-wallet.js';

const root = document.getElementById('checkout') ?? document.body;
/** How often a waiting page asks. Only a page somebody looks at asks at all. */
const ASK_EVERY_MS: Readonly<Partial<Record<Stage, number>>> = { starting: 1_200, toPay: 3_000, elsewhere: 4_000, confirming: 4_000, closing: 4_000, paid: 2_500, goingBack: 15_000 };
/** Every so many of those questions the core asks the channel. */
const FRESH_EVERY = 3;
const TRY_AGAIN_MS = 3_000;

let view: CheckoutView | undefined;
let notice: Said | undefined;
let trouble: Told | undefined;
let isBusy = false;
let endsAtMs = 0;
let nextQuestionAtMs = 0;
let questions = 0;
let shownFen: number | undefined;
/** The round whose wallet is to be opened as soon as the way there is known: the patient has just tapped. */
let wantedRound: number | undefined;
/** The round the patient called off while the page was asking by itself: his tap counts as soon as that is answered. */
let calledOffRound: number | undefined;

void begin();
setInterval(tick, 500);
document.addEventListener('visibilitychange', () => { if (!document.hidden) void comeBack(); });
// A page that a browser kept alive while the wallet was open runs no script of its own on return.
window.addEventListener('pageshow', (event) => { if (event.persisted) void comeBack(); });

async function begin(): Promise<void> {
  const hash = location.hash;
  // The wallet's word in the address is for this load only.
  if (hash !== '') history.replaceState(null, '', location.pathname);
  draw();
  await open();
  if (hash === '#not-identified') complain(toldOf({ code: 'PAYER_NOT_IDENTIFIED' }));
  const wanted = takeWanted();
  if (hash === '#identified' && wanted !== undefined && view?.stage === 'open' && view.round === wanted.round && view.amountFen === wanted.amountFen) await pay(wanted.wallet);
}

async function comeBack(): Promise<void> {
  if (isBusy) return;
  if (view === undefined || view.stage === 'open') await open();
  else if (ASK_EVERY_MS[view.stage] !== undefined) await follow(true);
}

/** What is to be paid now. */
async function open(): Promise<void> {
  const opened = await working(checkoutApi.open);
  if (opened === undefined) return;
  show(opened);
}

/** Without a wallet: nothing is to be paid, and the hospital is told to settle it. */
async function pay(wallet?: Wallet): Promise<void> {
  if (isBusy || view?.amountFen === undefined) return;
  const { round, amountFen } = view;
  notice = undefined;
  const answer = await busily(() => checkoutApi.pay({ round, amountFen, ...(wallet === undefined ? {} : { wallet }) }));
  if (answer.kind === 'refused' && answer.refusal.code === 'AMOUNT_MISMATCH') {
    await open();
    notice = TEXTS.amountChanged;
    draw();
    return;
  }
  if (answer.kind === 'noAnswer') {
    // Nobody knows whether the payment was started: the core does. The round's key makes asking again harmless.
    trouble = { ...TEXTS.noAnswer, next: TEXTS.noAnswerHint };
    wantedRound = round;
    await follow(false);
    return;
  }
  if (answer.kind === 'refused') {
    beRefused(answer.refusal);
    return;
  }
  if (answer.value.kind === 'identify') {
    if (wallet !== undefined) keepWanted({ round, amountFen, wallet });
    location.href = answer.value.url;
    return;
  }
  wantedRound = round;
  show(answer.value.view);
}

async function follow(isFresh: boolean): Promise<void> {
  const followed = await working(() => checkoutApi.follow(isFresh));
  if (followed === undefined) return;
  show(followed);
  // The round has ended unpaid, or the price has: the next one is priced anew.
  if (followed.stage === 'open' && followed.amountFen === undefined) await open();
}

async function cancel(): Promise<void> {
  if (view === undefined) return;
  const { round } = view;
  wantedRound = undefined;
  if (isBusy) {
    calledOffRound = round;
    return;
  }
  notice = undefined;
  const cancelled = await working(() => checkoutApi.cancel(round));
  if (cancelled === undefined) return;
  show(cancelled);
  if (cancelled.stage === 'open' && cancelled.amountFen === undefined) await open();
}

async function leaveForWallet(): Promise<void> {
  const { presentation, round } = view ?? {};
  if (presentation === undefined || round === undefined) return;
  wantedRound = undefined;
  notice = undefined;
  const word = await toWallet(presentation);
  if (word === undefined) return;
  notice = word === 'done' ? TEXTS.walletSaysDone : word === 'notDone' ? TEXTS.walletSaysNot : TEXTS.bridgeMissing;
  draw();
  // Whatever the wallet said: only the core knows whether it was paid.
  await follow(true);
}

/** Asks; a refusal or a silence is shown, and asked again by itself where that may help. */
async function working(question: () => Promise<Answer<CheckoutView>>): Promise<CheckoutView | undefined> {
  const answer = await busily(question);
  if (answer.kind === 'ok') return answer.value;
  nextQuestionAtMs = Date.now() + TRY_AGAIN_MS;
  if (answer.kind === 'noAnswer') {
    complain({ ...TEXTS.noAnswer, next: TEXTS.noAnswerHint });
    return undefined;
  }
  beRefused(answer.refusal);
  return undefined;
}
let isTryingAgain = false;

/** After these what is on the page is over: nothing of it may be tapped any more. */
const ENDS: readonly string[] = ['CHECKOUT_NOT_OPEN', 'QUOTE_EXPIRED', 'QUOTE_NOT_FOUND', 'BILL_NOT_FOUND', 'NOTHING_TO_PAY'];

function beRefused(refusal: Refusal): void {
  const { code } = refusal;
  if (ENDS.indexOf(code) >= 0) view = undefined;
  isTryingAgain = code === 'TOO_MANY_REQUESTS' || code === 'HIS_UNAVAILABLE';
  complain(toldOf(refusal));
}

async function busily<Value>(question: () => Promise<Answer<Value>>): Promise<Answer<Value>> {
  isBusy = true;
  isTryingAgain = false;
  draw();
  const answer = await question();
  isBusy = false;
  isTryingAgain = answer.kind === 'noAnswer';
  if (answer.kind === 'ok') trouble = undefined;
  return answer;
}

function show(shown: CheckoutView): void {
  if (shown.stage === 'open' && shown.amountFen !== undefined) {
    if (shownFen !== undefined && shownFen !== shown.amountFen) notice = TEXTS.amountChanged;
    shownFen = shown.amountFen;
  }
  if (shown.stage !== 'toPay' && shown.stage !== 'open' && shown.stage !== 'starting') notice = undefined;
  view = shown;
  endsAtMs = Date.now() + shown.secondsLeft * 1_000;
  nextQuestionAtMs = Date.now() + (ASK_EVERY_MS[shown.stage] ?? 0);
  draw();
  if (shown.stage === 'toPay' && wantedRound === shown.round) void leaveForWallet();
}

function complain(told: Told): void {
  trouble = told;
  draw();
}

function tick(): void {
  const now = Date.now();
  if (isBusy) return;
  if (calledOffRound !== undefined) {
    const isStillOpen = view?.round === calledOffRound && view.mayCancel === true;
    calledOffRound = undefined;
    if (isStillOpen) {
      void cancel();
      return;
    }
  }
  if (document.hidden) return;
  if (isTryingAgain && now >= nextQuestionAtMs) {
    void (view === undefined || view.stage === 'open' ? open() : follow(false));
    return;
  }
  if (view === undefined) return;
  if (now >= endsAtMs && (view.stage === 'open' || view.stage === 'toPay') && now >= nextQuestionAtMs) {
    nextQuestionAtMs = now + TRY_AGAIN_MS;
    void (view.stage === 'open' ? open() : follow(true));
    return;
  }
  if (ASK_EVERY_MS[view.stage] !== undefined && now >= nextQuestionAtMs) {
    questions += 1;
    void follow(questions % FRESH_EVERY === 0);
    return;
  }
  const left = document.getElementById('time-left');
  const { text } = timeLeftText(secondsLeft(), now);
  if (left !== null && left.textContent !== text) left.textContent = text;
}

function secondsLeft(): number {
  return Math.max(0, Math.ceil((endsAtMs - Date.now()) / 1_000));
}

let drawn = '';
function draw(): void {
  const drawing = { view, notice, trouble, isBusy: isBusy && view?.stage === 'open', secondsLeft: secondsLeft(), nowMs: Date.now() };
  // Drawing the same again would take the button from under a finger, so the passing of time alone draws nothing.
  const facts = JSON.stringify({ ...drawing, view: view === undefined ? undefined : { ...view, secondsLeft: 0 }, secondsLeft: timeLeftText(drawing.secondsLeft, drawing.nowMs).label, nowMs: 0 });
  if (facts === drawn) return;
  drawn = facts;
  const focused = document.activeElement?.id;
  const made = drawPage({ ...drawing, acts: { pay: (wallet) => void pay(wallet), toWallet: () => void leaveForWallet(), confirm: () => void pay(), follow: () => void follow(true), cancel: () => void cancel(), again: () => void open() } });
  while (root.firstChild !== null) root.removeChild(root.firstChild);
  root.appendChild(made);
  if (focused !== undefined && focused !== '') document.getElementById(focused)?.focus();
}

/** What the patient tapped before the wallet was asked who he is. Of this tab only; storage that is refused costs one more tap. */
type Wanted = { readonly round: number; readonly amountFen: number; readonly wallet: Wallet };
const WANTED = 'hospay.checkout.wanted';
function keepWanted(wanted: Wanted): void {
  try {
    sessionStorage.setItem(WANTED, JSON.stringify(wanted));
  } catch {
    // He taps once more.
  }
}
function takeWanted(): Wanted | undefined {
  try {
    const kept = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    return kept === null ? undefined : (JSON.parse(kept) as Wanted);
  } catch {
    return undefined;
  }
}
