import type { Bilingual } from '../domain/bilingual.js';
import { ok, type Outcome } from '../domain/errors.js';
import type { AgreementView } from './agreement-view.js';
import { applyBindingNews, isOver } from './apply-binding.js';
import type { Agreement, QuickPayDesk, QuickPayPorts } from './ports.js';
import { ownAgreement, viewAgreement } from './show-agreement.js';
import { finishUnbinding } from './unbind-card.js';

/** What became of a binding or unbinding: the gateway is asked while it has no end. */
export async function findAgreement(ports: QuickPayPorts, { holder, agreementNo }: Parameters<QuickPayDesk['findAgreement']>[0]): Promise<Outcome<AgreementView>> {
  const own = await ownAgreement(ports, holder, agreementNo);
  return 'code' in own ? own : ok(viewAgreement(await askAgreement(ports, own)));
}

/** One question about one agreement without its end. A gateway that does not answer leaves it as it is. */
export async function askAgreement(ports: QuickPayPorts, agreement: Agreement): Promise<Agreement> {
  const { agreementNo, state, codesEntered, requestedAt } = agreement;
  const gateway = ports.gateways.find(agreement.channel);
  if (state === 'requested' && codesEntered === 0) {
    if (isOver(agreement, ports.clock.now())) await ports.agreements.move(agreementNo, { from: ['requested'], to: 'failed', by: 'timer', cause: 'no code was entered in its time', at: ports.clock.now() });
  } else if (gateway !== undefined && (state === 'requested' || state === 'confirming')) await applyBindingNews(ports, agreement, await gateway.queryBinding({ bindingNo: agreementNo, requestedAt: requestedAt.toISOString() }));
  else if (gateway !== undefined && state === 'ending') await finishUnbinding(ports, agreement, gateway);
  return (await ports.agreements.find(agreementNo)) ?? agreement;
}

/** Whether a bound card can still be charged: asked after a charge that failed. */
export async function askWhetherCancelled(ports: QuickPayPorts, { agreementNo, channel }: Agreement, agreementToken: string): Promise<void> {
  const news = await ports.gateways.find(channel)?.queryAgreement({ agreementToken });
  if (news?.kind === 'ended') await ports.agreements.move(agreementNo, { from: ['active'], to: 'ended', by: 'query', cause: 'cancelled at the bank', at: ports.clock.now() });
}

/** How many one run of the task asks about: the next run goes on. */
const MOST_PER_RUN = 500;

/** The task: everything that has no end is asked about, whoever has gone away. */
export async function askOpenAgreements(ports: QuickPayPorts): Promise<Bilingual> {
  const open = await ports.agreements.listOpen(MOST_PER_RUN);
  let ended = 0;
  for (const agreement of open) if ((await askAgreement(ports, agreement)).state !== agreement.state) ended += 1;
  return { zh: `未结束的绑卡与解绑 ${String(open.length)} 笔，其中 ${String(ended)} 笔状态有变`, en: `${String(open.length)} bindings and unbindings without an end, ${String(ended)} of them have another state now` };
}
