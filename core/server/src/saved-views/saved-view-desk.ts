import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import { redactText } from '../domain/sensitive.js';
import { RIGHT_WORDS } from '../users/ports.js';
import { MOST_VIEWS_OF_A_LIST, RIGHT_OF_LIST, type Filter, type SavedView, type SavedViewDesk, type SavedViewPorts, type SharedView, type SharedWith, type Viewer } from './ports.js';

/** Of one order or one patient: no page puts them into a view, and nobody else does. */
const FIELDS_OF_ONE = ['number', 'patient', 'patientId', 'inpatientNo', 'visitId', 'idNo', 'idNumber', 'phone', 'cardNo', 'tradeNo', 'paymentNo', 'refundNo', 'channelTradeNo'];

/** A private view decides nothing, so nothing of it is audited; what others are shown is: who shared it with whom, what became of it meanwhile, and who took it back. */
export function createSavedViewDesk({ rows, users, clock, audit }: SavedViewPorts): SavedViewDesk {
  const listShared = async () => {
    const people = new Map((await users.list()).map((user) => [user.id, user]));
    return (await rows.listShared()).flatMap(({ view: { isDefault: _default, ...view }, userId }) => {
      const owner = people.get(userId);
      return owner === undefined ? [] : [{ userId, merchantNo: owner.merchantNo, shared: { ...view, owner: { login: owner.login, displayName: owner.displayName } } satisfies SharedView }];
    });
  };
  const sharedWith = async ({ userId: viewer, roles, rights, merchantNo }: Viewer): Promise<readonly SharedView[]> =>
    (await listShared()).flatMap(({ userId, merchantNo: ofMerchant, shared }) => {
      // One merchant's people never hear of another's.
      const isSeen = userId !== viewer && rights.includes(RIGHT_OF_LIST[shared.list]) && ofMerchant === merchantNo && (shared.sharedWith === 'everybody' || roles.includes(shared.sharedWith));
      return isSeen ? [shared] : [];
    });
  /** What is said of a view that is not his own. */
  const notHis = async (who: Viewer, id: number): Promise<Refused> =>
    ((await sharedWith(who)).some((view) => view.id === id) ? refused('NOT_PERMITTED', { zh: '该视图由他人共享，只能由其所有者修改', en: 'this view is shared with you: its owner changes it' }) : refused('NO_SUCH_ITEM'));
  return {
    list: (userId) => rows.list(userId),
    async add(userId, view) {
      return refuseFilters(view.filters) ?? outcomeOf(await rows.add(userId, view, { most: MOST_VIEWS_OF_A_LIST, at: clock.now() }));
    },
    async change(who, id, change) {
      const unfit = refuseFilters(change.filters ?? []);
      if (unfit !== undefined) return unfit;
      const before = await rows.find(who.userId, id);
      if (before === undefined) return notHis(who, id);
      // What is shown to others holds what it held when it was shared: no name that says who somebody is.
      const unshown = before.sharedWith === undefined || change.name === undefined ? undefined : refuseName(change.name);
      if (unshown !== undefined) return unshown;
      const changed = outcomeOf(await rows.change(who.userId, id, change, clock.now()));
      if (changed.kind === 'ok' && changed.value.sharedWith !== undefined && (change.name !== undefined || change.filters !== undefined)) await audit.record({ who: who.login, what: 'savedView.change', object: `saved view ${String(id)}`, before: { name: before.name, filters: before.filters }, after: { list: before.list, name: changed.value.name, filters: changed.value.filters, sharedWith: changed.value.sharedWith } });
      return changed;
    },
    async remove(who, id) {
      const before = await rows.find(who.userId, id);
      if (before === undefined || !(await rows.remove(who.userId, id))) return notHis(who, id);
      if (before.sharedWith !== undefined) await audit.record({ who: who.login, what: 'savedView.remove', object: `saved view ${String(id)}`, before: { list: before.list, name: before.name, sharedWith: before.sharedWith } });
      return ok({ id });
    },
    listSharedWith: sharedWith,
    listShared: async () => (await listShared()).map(({ shared }) => shared),
    async share(who, id, withWhom) {
      const view = await rows.find(who.userId, id);
      if (view === undefined) return notHis(who, id);
      const unfit = refuseShare(who, view, withWhom);
      if (unfit !== undefined) return unfit;
      if (!(await rows.share(who.userId, id, withWhom, clock.now()))) return refused('NO_SUCH_ITEM');
      await audit.record({ who: who.login, what: 'savedView.share', object: `saved view ${String(id)}`, ...(view.sharedWith === undefined ? {} : { before: { sharedWith: view.sharedWith } }), after: { list: view.list, name: view.name, filters: view.filters, sharedWith: withWhom } });
      return ok({ ...view, sharedWith: withWhom });
    },
    async withdraw(who, id) {
      const found = (await listShared()).find(({ shared }) => shared.id === id);
      const isKeeper = who.rights.includes('manageUsers');
      if (found === undefined || (found.userId !== who.userId && !isKeeper)) return notHis(who, id);
      if (!(await rows.share(found.userId, id, undefined, clock.now()))) return refused('NO_SUCH_ITEM');
      const { list, name, sharedWith: withWhom, owner } = found.shared;
      await audit.record({ who: who.login, what: 'savedView.withdraw', object: `saved view ${String(id)}`, before: { sharedWith: withWhom }, after: { list, name, owner: owner.login } });
      return ok({ id });
    },
  };
}

function refuseFilters(filters: readonly Filter[]): Refused | undefined {
  if (new Set(filters.map(({ field }) => field)).size !== filters.length) return refused('MALFORMED_REQUEST', { zh: '同一筛选项出现了两次', en: 'filters: a field is named twice' });
  const ofOne = filters.find(({ field, value }) => FIELDS_OF_ONE.includes(field) || redactText(value) !== value);
  return ofOne === undefined ? undefined : refused('MALFORMED_REQUEST', { zh: `筛选项 ${ofOne.field}：视图中不保存某一订单或患者的信息`, en: `filters: ${ofOne.field}: a view keeps nothing of one order or one patient` });
}

function refuseName(name: string): Refused | undefined {
  return redactText(name) === name && !/\d{6}/.test(name) ? undefined : refused('MALFORMED_REQUEST', { zh: '名称会被他人看到，请勿填写像证件号、卡号的数字', en: 'name: others read it, and it looks like a number of somebody' });
}

/** Nobody shares with a role he is not in, nor a list he may not open. */
function refuseShare({ roles, rights }: Viewer, { list, name }: SavedView, withWhom: SharedWith): Refused | undefined {
  if (withWhom !== 'everybody' && !roles.includes(withWhom)) return refused('NOT_PERMITTED', { zh: '视图只能共享给本人所属的角色，或所有可查看该列表的人', en: 'a view is shared with a role of one’s own, or with everybody who may open the list' });
  return rights.includes(RIGHT_OF_LIST[list]) ? refuseName(name) : refused('NOT_PERMITTED', { zh: `缺少“${RIGHT_WORDS[RIGHT_OF_LIST[list]]}”权限`, en: `needs the right ${RIGHT_OF_LIST[list]}` });
}

function outcomeOf(answer: SavedView | 'nameTaken' | 'full' | 'none'): Outcome<SavedView> {
  switch (answer) {
    case 'nameTaken': return refused('CONFLICT', { zh: '该列表已有同名的视图，请换一个名称', en: 'a view of this list has this name' });
    case 'full': return refused('TOO_MANY_SAVED_VIEWS');
    case 'none': return refused('NO_SUCH_ITEM');
    default: return ok(answer);
  }
}
