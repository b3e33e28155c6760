import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { call } from '../api/call';
import type { SavedView, SharedView } from '../api/console-api';
import { useSession } from '../session/session-store';

export type ListName = SavedView['list'];

/** 保存的视图 of whoever sits here, and what others share with him, read once a session. */
export const useSavedViews = defineStore('savedViews', () => {
  const session = useSession();
  const views = shallowRef<readonly SavedView[]>([]);
  const shared = shallowRef<readonly SharedView[]>([]);
  const readFor = shallowRef<string>();
  const who = computed(() => session.session?.login);
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const login = who.value;
    ({ views: views.value, shared: shared.value } = await call('listSavedViews'));
    readFor.value = login;
  }
  return {
    /** Of one list; none of somebody who sat here before. */
    of: (list: ListName): readonly SavedView[] => (readFor.value === who.value ? views.value.filter((view) => view.list === list) : []),
    sharedOf: (list: ListName): readonly SharedView[] => (readFor.value === who.value ? shared.value.filter((view) => view.list === list) : []),
    read,
    /** A list is shown without them rather than not at all. */
    async ready(): Promise<void> {
      if (readFor.value === who.value && who.value !== undefined) return;
      reading ??= read().catch(() => undefined).finally(() => { reading = undefined; });
      await reading;
    },
  };
});
