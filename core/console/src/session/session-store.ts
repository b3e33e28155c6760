import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { call, useCsrfToken, watchCalls } from '../api/call';
import { asFailure } from '../api/call-failure';
import type { ConsoleState, FirstLogin, FirstSession, Session } from '../api/console-api';
import { usePasskey } from './browser-key';

type NewColleague = NonNullable<FirstLogin['others']>['system'];
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
    /** The colleagues' first passwords are told this once. */
    async completeFirstLogin(body: { readonly code: string; readonly login: string; readonly displayName: string; readonly password: string; readonly others?: { readonly system: NewColleague; readonly audit: NewColleague } }): Promise<FirstSession['colleagues']> {
      const { colleagues, ...begun } = await call('completeFirstLogin', { body });
      take(begun);
      if (state.value !== undefined) state.value = { ...state.value, firstLogin: false, separatedDuties: state.value.separatedDuties || colleagues.length > 0 };
      return colleagues;
    },
    /** The second step of signing in. */
    async proveSecondFactor(code: string): Promise<void> {
      take(await call('proveSecondFactor', { body: { code } }));
    },
    /** The new secret counts from now on; its recovery codes are told this once. */
    async confirmSecondFactor(code: string): Promise<readonly string[]> {
      const { recoveryCodes, ...begun } = await call('confirmSecondFactor', { body: { code } });
      take(begun);
      return recoveryCodes;
    },
    async signInByPasskey(): Promise<void> {
      const { ticket, options } = await call('beginPasskeySignIn');
      take(await call('signInByPasskey', { body: { ticket, answer: await usePasskey(options) } }));
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
