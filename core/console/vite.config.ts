import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import components from 'unplugin-vue-components/vite';
import { defineConfig } from 'vite';

/** Hospital PCs may be stuck on Chrome 87; everything the page needs comes from this folder, nothing from elsewhere. */
const OLDEST_BROWSER = 'chrome87';

export default defineConfig({
  plugins: [vue(), components({ dts: false, dirs: [], resolvers: [ElementPlusResolver({ importStyle: 'css' })] })],
  define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_I18N_FULL_INSTALL__: 'false', __VUE_I18N_LEGACY_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false' },
  build: { target: OLDEST_BROWSER, cssTarget: OLDEST_BROWSER, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
});
