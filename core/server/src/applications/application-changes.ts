/** Who may ask for payments and refunds over the network, as a change (变更申请): a new application, what it is allowed, and its key. Taking one out of use is a brake and asks nobody. */
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { ChangeAct } from '../changes/ports.js';
import type { AuditTrail } from '../domain/audit.js';
import { changeLine } from '../domain/change-proposal.js';
import { ok, refused } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import { PERMISSIONS, type RegisteredApplication } from './ports.js';

const Named = { id: Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 }) };
const Registered = Type.Object({ ...Named, title: Type.String(), permissions: Type.Array(Type.Enum(PERMISSIONS)), notifyUrl: Type.Optional(Type.String()), /** Of a new one only, as is its key: it stays bound. */ merchantNo: Type.Optional(Type.String()), secret: Type.Optional(Type.String()) });
const Keyed = Type.Object({ ...Named, secret: Type.String() });

export type ApplicationRows = {
  find(id: string): Promise<RegisteredApplication | undefined>;
  secretOf(id: string): Promise<string | undefined>;
  add(application: { readonly id: string; readonly title: string; readonly secret: string; readonly notifyUrl?: string; readonly permissions: readonly string[]; readonly merchantNo?: string }, now: Date): Promise<unknown>;
  change(id: string, values: { readonly title?: string; readonly notifyUrl?: string | null; readonly permissions?: readonly string[]; readonly status?: 'active' | 'disabled' }, now: Date): Promise<boolean>;
  replaceSecret(id: string, secret: string, now: Date): Promise<boolean>;
};
export type ApplicationChangePorts = { readonly rows: ApplicationRows; /** The hospital's merchant numbers. */ readonly merchants: readonly string[]; readonly keyedFingerprint: (secret: string, place: string) => string; readonly clock: Clock; readonly audit: AuditTrail };

const subjectOf = (id: string): string => `application ${id}`;

export function applicationChanges({ rows, merchants, keyedFingerprint, clock, audit }: ApplicationChangePorts): readonly ChangeAct[] {
  const printOf = (id: string, secret: string): string => keyedFingerprint(secret, subjectOf(id));
  const shown = (found: RegisteredApplication | undefined) => (found === undefined ? undefined : { title: found.title, permissions: [...found.permissions].toSorted().join(', '), notifyUrl: found.notifyUrl, merchantNo: found.merchantNo, status: found.status });
  return [
    {
      kind: 'application',
      async draw(asked) {
        const content = Parse(Registered, asked);
        const { id, title, permissions, notifyUrl, secret } = content;
        const before = await rows.find(id);
        if (before === undefined && secret === undefined) return refused('NO_SUCH_ITEM');
        if (before !== undefined && secret !== undefined) return refused('CONFLICT', { zh: `应用 ${id} 已存在，请换一个编号`, en: `the application ${id} exists already` });
        const merchantNo = before === undefined ? content.merchantNo : before.merchantNo;
        if (merchantNo !== undefined && !merchants.includes(merchantNo)) return refused('CONFLICT', { zh: `商户号 ${merchantNo} 不是本院的商户号`, en: `merchantNo ${merchantNo} is none of the hospital's merchants` });
        if (permissions.includes('merchant') !== (merchantNo !== undefined)) return refused('CONFLICT', { zh: '商户查询权限（merchant）须与商户号一起，在登记应用时给出', en: 'the permission merchant and a merchant number belong together, and are given when the application is registered' });
        const [was, willBe] = [shown(before), shown({ id, title, permissions, notifyUrl, merchantNo, status: 'active' })];
        const lines = (['title', 'permissions', 'notifyUrl', 'merchantNo', 'status'] as const).map((name) => changeLine(name, was?.[name], willBe?.[name])).filter((line) => line.before !== line.after);
        if (lines.length === 0) return refused('CONFLICT', { zh: '没有任何改动', en: 'nothing would change' });
        const key = secret === undefined ? [] : [changeLine('key', undefined, printOf(id, secret).slice(0, 17))];
        return ok({ subject: subjectOf(id), content, masked: { ...content, ...(secret === undefined ? {} : { secret: printOf(id, secret) }) }, lines: [...lines, ...key], levels: 1 });
      },
      present: async (asked) => shown(await rows.find(Parse(Registered, asked).id)),
      async isDone(asked) {
        const { id, title, permissions, notifyUrl } = Parse(Registered, asked);
        const found = await rows.find(id);
        return JSON.stringify(shown(found)) === JSON.stringify(shown({ id, title, permissions, notifyUrl, merchantNo: found?.merchantNo, status: 'active' }));
      },
      async apply(asked, { proposedBy }) {
        const { id, title, permissions, notifyUrl, merchantNo, secret } = Parse(Registered, asked);
        const before = await rows.find(id);
        if (before === undefined && secret !== undefined) await rows.add({ id, title, secret, permissions, ...(notifyUrl === undefined ? {} : { notifyUrl }), ...(merchantNo === undefined ? {} : { merchantNo }) }, clock.now());
        else if (!(await rows.change(id, { title, permissions, notifyUrl: notifyUrl ?? null, status: 'active' }, clock.now()))) return refused('NO_SUCH_ITEM');
        await audit.record({ who: proposedBy, what: before === undefined ? 'application.add' : 'application.change', object: subjectOf(id), before: shown(before), after: shown(await rows.find(id)) });
        return ok({ done: true });
      },
    },
    {
      kind: 'applicationKey',
      async draw(asked) {
        const content = Parse(Keyed, asked);
        if ((await rows.find(content.id)) === undefined) return refused('NO_SUCH_ITEM');
        const before = await rows.secretOf(content.id);
        const print = printOf(content.id, content.secret);
        return ok({ subject: subjectOf(content.id), content, masked: { id: content.id, secret: print }, lines: [changeLine('key', before === undefined ? undefined : printOf(content.id, before).slice(0, 17), print.slice(0, 17))], levels: 1 });
      },
      async present(asked) {
        const { id } = Parse(Keyed, asked);
        const secret = await rows.secretOf(id);
        return [shown(await rows.find(id)), secret === undefined ? undefined : printOf(id, secret)];
      },
      async isDone(asked) {
        const { id, secret } = Parse(Keyed, asked);
        return (await rows.secretOf(id)) === secret;
      },
      async apply(asked, { proposedBy }) {
        const { id, secret } = Parse(Keyed, asked);
        if (!(await rows.replaceSecret(id, secret, clock.now()))) return refused('NO_SUCH_ITEM');
        await audit.record({ who: proposedBy, what: 'application.replaceKey', object: subjectOf(id), after: { key: printOf(id, secret).slice(0, 17) } });
        return ok({ done: true });
      },
    },
  ];
}
