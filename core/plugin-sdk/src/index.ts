export * from './budget-guard.js';
export * from './fund-statement.js';
export * from './hospital-adapter.js';
export * from './money.js';
export * from './payment-channel.js';
export * from './plugin.js';
export * from './presettling.js';
export * from './window-desk.js';
