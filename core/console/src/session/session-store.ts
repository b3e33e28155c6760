import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { call, useCsrfToken, watchCalls } from '../api/call';
import { asFailure } from '../api/call-failure';
import type { ConsoleState, Session } from '../api/console-api';

export type Right = Session['rights'][number];

/** Who sits here. The platform decides; this only remembers what it said, and leaves an empty chair's screen. */
export const useSession = defineStore('session', () => {
  const session = shallowRef<Session>();
  const state = shallowRef<ConsoleState>();
  /** The platform's clock less this machine's: what screens call now is the platform's now. */
  const aheadMs = ref(0);
  /** True after a session ended by itself: the sign-in page says so. */
  const hasEnded = ref(false);
  let idle: ReturnType<typeof setTimeout> | undefined;
  let onEnded: () => void = () => {};

  const watchIdle = (): void => {
    clearTimeout(idle);
    if (session.value !== undefined) idle = setTimeout(end, session.value.idleSeconds * 1000);
  };
  const take = (next: Session): void => {
    session.value = next;
    hasEnded.value = false;
    useCsrfToken(next.csrfToken);
    watchIdle();
  };
  const end = (): void => {
    clearTimeout(idle);
    if (session.value === undefined) return;
    session.value = undefined;
    hasEnded.value = true;
    useCsrfToken('');
    onEnded();
  };
  watchCalls({ ended: end, active: watchIdle });

  return {
    session,
    state,
    hasEnded,
    now: (): Date => new Date(Date.now() + aheadMs.value),
    hospitalName: computed(() => state.value?.hospitalName ?? ''),
    may: (right: Right): boolean => session.value?.rights.includes(right) ?? false,
    whenEnded(listener: () => void): void {
      onEnded = listener;
    },
    async readState(): Promise<ConsoleState> {
      state.value = await call('readState');
      aheadMs.value = Date.parse(state.value.now) - Date.now();
      return state.value;
    },
    /** Is there a session in this browser? */
    async resume(): Promise<boolean> {
      if (session.value !== undefined) return true;
      try {
        take(await call('readSession'));
        return true;
      } catch (error) {
        if (asFailure(error).code === 'NOT_SIGNED_IN') return false;
        throw error;
      }
    },
    async signIn(login: string, password: string): Promise<void> {
      take(await call('signIn', { body: { login, password } }));
    },
    async completeFirstLogin(body: { readonly code: string; readonly login: string; readonly displayName: string; readonly password: string }): Promise<void> {
      take(await call('completeFirstLogin', { body }));
      if (state.value !== undefined) state.value = { ...state.value, firstLogin: false };
    },
    async changePassword(current: string, next: string): Promise<void> {
      take(await call('changePassword', { body: { current, next } }));
    },
    async signOut(): Promise<void> {
      try {
        await call('signOut');
      } finally {
        clearTimeout(idle);
        session.value = undefined;
        useCsrfToken('');
      }
    },
  };
});
