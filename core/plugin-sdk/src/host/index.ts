/** What a host gives its guests: one implementation of the context's HTTP and key work, used by the core and by the testkit. A plugin imports none of it. */
export { describeSecret } from './describe-secret.js';
export { createGuestHttp } from './guest-http.js';
export { createGuestKeys } from './guest-keys.js';
export { createMemoryStore, StoreFullError } from './memory-store.js';
