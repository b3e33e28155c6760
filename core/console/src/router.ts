import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { AREAS } from './areas/all-areas';
import FirstLoginPage from './areas/sign-in/FirstLoginPage.vue';
import PasswordPage from './areas/sign-in/PasswordPage.vue';
import SecondFactorPage from './areas/sign-in/SecondFactorPage.vue';
import SignInPage from './areas/sign-in/SignInPage.vue';
import ConsoleFrame from './frame/ConsoleFrame.vue';
import { useSession } from './session/session-store';
import { words } from './words/words';

const inside: RouteRecordRaw[] = AREAS.flatMap(({ name: area, right, pages }) => pages.map(({ path, name, page }) => ({ path, name, component: page, meta: { area, right } })));

/** Where each step of the way in is taken. */
const STEPS = { secondFactor: 'secondFactor', changePassword: 'password', enrolSecondFactor: 'setUpSecondFactor' } as const;

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/sign-in', name: 'signIn', component: SignInPage, meta: { open: true } },
    { path: '/wallboard', name: 'wallboard', component: () => import('./wallboard/WallboardPage.vue'), meta: { open: true } },
    { path: '/second-factor', name: 'secondFactor', component: SecondFactorPage },
    { path: '/set-up-second-factor', name: 'setUpSecondFactor', component: () => import('./areas/sign-in/SetUpSecondFactorPage.vue') },
    { path: '/first-login', name: 'firstLogin', component: FirstLoginPage, meta: { open: true } },
    { path: '/', component: ConsoleFrame, children: [{ path: '', redirect: '/overview' }, { path: '/password', name: 'password', component: PasswordPage }, { path: '/account', name: 'account', component: () => import('./areas/sign-in/AccountPage.vue') }, ...inside, { path: '/:rest(.*)*', redirect: '/overview' }] },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach(async (to) => {
  const session = useSession();
  if (to.name === 'wallboard') return true;
  if (session.state === undefined) await session.readState().catch(() => undefined);
  if (to.meta['open'] === true) return true;
  if (!(await session.resume().catch(() => false))) return session.state?.firstLogin === true ? { name: 'firstLogin' } : { name: 'signIn', query: to.path === '/overview' ? {} : { next: to.fullPath } };
  const step = session.session?.entryStep;
  if (step !== undefined) return to.name === STEPS[step] ? true : { name: STEPS[step] };
  if (to.name === 'setUpSecondFactor') return { name: 'account' };
  const { right } = AREAS.find(({ name }) => name === to.meta['area']) ?? {};
  // The platform refuses anyway; this only spares an empty page. A cashier may not see the overview: his first area is another.
  if (right !== undefined && !session.may(right)) return AREAS.find((area) => session.may(area.right))?.path ?? { name: 'password' };
  return true;
});

router.afterEach((to) => {
  const { area } = to.meta;
  if (to.name === 'wallboard') {
    document.title = `${words.global.t('wallboard.title')} · Hospay`;
    return;
  }
  const title = typeof area === 'string' ? words.global.t(`areas.${area}`) : words.global.t('product.console');
  // A merchant's window says whose console it is.
  document.title = `${title} · ${useSession().may('merchant') ? words.global.t('product.merchant') : 'Hospay'}`;
});
