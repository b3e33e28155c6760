import { assertNever } from '../domain/assert-never.js';
import { LARGEST_ATTACHMENT_BYTES, type CaseWork } from '../domain/case-work.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { fileNameOf } from '../domain/file-name.js';
import { CASE_ENDED, NOT_WHAT_WAS_SHOWN, NOTHING_PROPOSED, OLDER_THAN_THREE_DAYS } from '../domain/refusal-words.js';
import { mediaTypeOf } from './attachment.js';
import type { CaseDesk, CasePorts } from './ports.js';

export function createCaseDesk({ cases, files, audit, clock }: CasePorts): CaseDesk {
  const find = async (id: number): Promise<Outcome<CaseWork>> => {
    const found = await cases.find(id);
    return found === undefined ? refused('NO_SUCH_ITEM', String(id)) : ok(found);
  };
  const add = async (request: Omit<Parameters<CasePorts['cases']['add']>[0], 'now'>, what: string): Promise<Outcome<CaseWork>> => {
    const added = await cases.add({ ...request, now: clock.now() });
    if (added.kind === 'notFound') return refused('NO_SUCH_ITEM', String(request.id));
    if (added.kind === 'ended') return refused('CONFLICT', CASE_ENDED);
    // The words may be about a patient: they stay with the case.
    await audit.record({ who: request.by, what, object: `case ${String(request.id)}` });
    return find(request.id);
  };
  return {
    findCase: ({ id }) => find(id),
    takeCase: ({ id, by }) => add({ id, kind: 'taken', text: '', by }, 'case.take'),
    noteCase: ({ id, text, isContact, by }) => add({ id, kind: isContact ? 'contacted' : 'noted', text, by }, isContact ? 'case.contact' : 'case.note'),
    async attachFile({ id, name, bytes, by }) {
      const [fileName, mediaType] = [fileNameOf(name), mediaTypeOf(bytes)];
      if (fileName === undefined) return refused('MALFORMED_REQUEST', { zh: '附件名称须为 1 至 120 个字符', en: 'name: 1 to 120 characters' });
      if (bytes.length === 0 || bytes.length > LARGEST_ATTACHMENT_BYTES) return refused('MALFORMED_REQUEST', { zh: `附件不能为空，最大 ${String(LARGEST_ATTACHMENT_BYTES)} 字节`, en: `file: 1 byte to ${String(LARGEST_ATTACHMENT_BYTES)}` });
      if (mediaType === undefined) return refused('MALFORMED_REQUEST', { zh: '附件须为 PDF、PNG、JPEG、Office 文档或 UTF-8 文本', en: 'file: PDF, PNG, JPEG, an Office document or text in UTF-8' });
      const known = await find(id);
      if (known.kind === 'refused') return known;
      const sha256 = await files.keep(bytes);
      const attached = await cases.attach({ id, attachment: { name: fileName, mediaType, bytes: bytes.length, sha256, by }, now: clock.now() });
      if (attached.kind === 'notFound') return refused('NO_SUCH_ITEM', String(id));
      await audit.record({ who: by, what: 'case.attach', object: `case ${String(id)}`, after: { seq: attached.seq, sha256, bytes: bytes.length } });
      return find(id);
    },
    async openFile({ id, seq, by }) {
      const found = await find(id);
      if (found.kind === 'refused') return found;
      const attachment = found.value.attachments.find((one) => one.seq === seq);
      const bytes = attachment === undefined ? undefined : await files.open(attachment.sha256);
      if (attachment === undefined || bytes === undefined) return refused('NO_SUCH_ITEM', { zh: `没有第 ${String(seq)} 号附件`, en: `attachment ${String(seq)}` });
      await audit.record({ who: by, what: 'case.openFile', object: `case ${String(id)}`, after: { seq, sha256: attachment.sha256 } });
      return ok({ name: attachment.name, mediaType: attachment.mediaType, bytes });
    },
    async proposeEnd({ id, way, reason, by }) {
      const proposed = await cases.propose({ id, way, reason, by, now: clock.now() });
      switch (proposed.kind) {
        case 'proposed':
          await audit.record({ who: by, what: 'case.propose', object: `case ${String(id)}`, after: { way, amountFen: proposed.proposal.amountFen, hash: proposed.proposal.hash }, reason });
          return find(id);
        case 'notFound':
          return refused('NO_SUCH_ITEM', String(id));
        case 'ended':
          return refused('CONFLICT', CASE_ENDED);
        case 'notThisWay':
          return refused('CASE_ENDS_ITSELF');
        case 'waits':
          return refused('CONFLICT', { zh: `${proposed.by} 提出的处理方案尚待审核`, en: `a proposal of ${proposed.by} waits` });
        default:
          return assertNever(proposed);
      }
    },
    async decideEnd({ id, hash, isApproved, reason, by }) {
      const decided = await cases.decide({ id, hash, isApproved, reason, by, now: clock.now() });
      switch (decided.kind) {
        case 'decided':
          await audit.record({ who: by, what: isApproved ? 'case.approve' : 'case.reject', object: `case ${String(id)}`, after: { hash }, reason });
          return find(id);
        case 'notFound':
          return refused('NO_SUCH_ITEM', String(id));
        case 'ended':
        case 'nothingProposed':
          return refused('CONFLICT', decided.kind === 'ended' ? CASE_ENDED : NOTHING_PROPOSED);
        case 'ownProposal':
          return refused('SECOND_PERSON_NEEDED');
        case 'notWhatWasShown':
        case 'expired':
          return refused('APPROVAL_OVER', decided.kind === 'expired' ? OLDER_THAN_THREE_DAYS : NOT_WHAT_WAS_SHOWN);
        default:
          return assertNever(decided);
      }
    },
  };
}
