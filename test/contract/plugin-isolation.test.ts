/** Plugins in processes the core starts itself: development, and systems that are not ours. */
import { runPluginIsolation } from './plugin-isolation-suite.js';

runPluginIsolation(() => Promise.resolve({ startLine: undefined, close: () => Promise.resolve() }));
