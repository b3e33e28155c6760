import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { router } from './router';
import { useSession } from './session/session-store';
import { words } from './words/words';

const app = createApp(App).use(createPinia()).use(words).use(router);
useSession().whenEnded(() => {
  const { fullPath, meta } = router.currentRoute.value;
  if (meta['open'] !== true) void router.push({ name: 'signIn', query: { next: fullPath } });
});
document.documentElement.lang = words.global.locale.value;
app.mount('#console');
