import { noticeNoOf, type HisNoticeKind, type NoticeAnswer } from '@hospay/plugin-sdk';
import { ERRORS, type ErrorCode } from '../domain/errors.js';
import type { StoredNotice } from '../domain/his-notice.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { carryOut } from './carry-out.js';
import type { ArrivedNotice, HisNoticePorts, InTurn } from './ports.js';

type Ports = HisNoticePorts & InTurn;

/** Carried out; the others are kept and shown. */
const HAS_WORK: ReadonlySet<HisNoticeKind> = new Set<HisNoticeKind>(['refundRequested', 'clinicStopped', 'registrationCancelled', 'checkedIn', 'invoicePrinted']);

/**
 * The HIS tells something (HIS 推送). The notice is a row before anybody says that it arrived; what it asks for is then done at once where that can be decided, and by its job
 * otherwise. The same number again is the same notice and gets the same answer; with other content it is refused, and a person is called. Until it is known to be kept the
 * answer is `unknown`; while it is not decided `processing`; never a failure for what is under way.
 */
export async function receiveNotice(ports: Ports, { hospitalId, adapter, notice }: ArrivedNotice): Promise<NoticeAnswer> {
  if (notice.kind === 'refundQueried') return answerQuestion(ports, hospitalId, notice.hisRefundNo);
  const receivedAt = ports.clock.now().toISOString();
  let kept: Awaited<ReturnType<HisNoticePorts['notices']['keep']>>;
  try {
    kept = await ports.notices.keep({ noticeId: makeOpaqueId(ports.random), hospitalId, adapter, kind: notice.kind, noticeNo: noticeNoOf(notice), content: notice, receivedAt }, HAS_WORK.has(notice.kind));
  } catch (error) {
    ports.log.error('a notice of the HIS was not kept', { adapter, kind: notice.kind, error });
    return { kind: 'unknown', reason: 'not kept: send it again' };
  }
  if (kept.kind === 'otherContent') {
    ports.log.warn('the HIS told a notice again with other content', { adapter, kind: notice.kind, noticeId: kept.notice.noticeId });
    return refusal('IDEMPOTENCY_KEY_REUSED');
  }
  try {
    return await answerTo(ports, kept.notice.state === 'kept' ? await tryNow(ports, kept.notice) : kept.notice);
  } catch (error) {
    // It is kept: its job goes on with it.
    ports.log.error('a notice of the HIS was not carried out at once', { adapter, kind: notice.kind, noticeId: kept.notice.noticeId, error });
    return { kind: 'processing' };
  }
}

/** In the notice's turn: of two that decide at once one might refuse for good what the other accepts. */
function tryNow(ports: Ports, { noticeId }: StoredNotice): Promise<StoredNotice> {
  return ports.inTurn(noticeId, async () => {
    const notice = await ports.notices.find(noticeId);
    if (notice === undefined) throw new Error(`notice ${noticeId} is not there`);
    if (notice.state !== 'kept') return notice;
    const outcome = await carryOut(ports, notice);
    return (await ports.notices.end({ noticeId, outcome, now: ports.clock.now() })) ?? notice;
  });
}

async function answerTo(ports: HisNoticePorts, notice: StoredNotice): Promise<NoticeAnswer> {
  if (notice.state === 'kept') return { kind: 'processing' };
  if (notice.state === 'refused') return refusal(notice.code ?? 'NOT_REFUNDABLE');
  if (notice.content.kind !== 'refundRequested') return { kind: 'accepted' };
  const found = await ports.findHisRefund({ hospitalId: notice.hospitalId, hisRefundNo: notice.content.hisRefundNo });
  return found.kind === 'ok' ? { kind: 'accepted', state: found.value.state, refundFen: found.value.refundFen } : { kind: 'processing' };
}

/** What became of a refund, whoever took it: a notice, or the payment API. */
async function answerQuestion(ports: HisNoticePorts, hospitalId: string, hisRefundNo: string): Promise<NoticeAnswer> {
  try {
    const found = await ports.findHisRefund({ hospitalId, hisRefundNo });
    if (found.kind === 'ok') return { kind: 'accepted', state: found.value.state, refundFen: found.value.refundFen };
    const asked = await ports.notices.findRefund({ hospitalId, hisRefundNo });
    if (asked?.state === 'kept') return { kind: 'processing' };
    return asked?.state === 'refused' ? { kind: 'accepted', state: 'refused' } : refusal('NO_SUCH_ITEM');
  } catch (error) {
    ports.log.error('the HIS asked about a refund and nobody could look', { error });
    return { kind: 'unknown', reason: 'the store does not answer' };
  }
}

function refusal(code: ErrorCode): NoticeAnswer {
  return { kind: 'refused', code, message: ERRORS[code].zh };
}
