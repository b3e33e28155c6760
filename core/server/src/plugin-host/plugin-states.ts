import { defineTransitions } from '../domain/transitions.js';

export const PLUGIN_STATES = ['discovered', 'verified', 'activating', 'active', 'stopping', 'stopped', 'waiting', 'attention', 'failed', 'disabled'] as const;
/**
 * `waiting`: could not be activated now, is tried again by itself. `attention`: an operator must correct its settings. `failed`: the package does not
 * fit and trying again would not help. `disabled`: switched off by configuration.
 */
export type PluginState = (typeof PLUGIN_STATES)[number];
export type PluginTrigger = 'check' | 'activate' | 'answer' | 'refusal' | 'stop' | 'retry' | 'reload' | 'crash';

/** The life of one plugin instance. */
export const PLUGIN_TRANSITIONS = defineTransitions<PluginState, PluginTrigger>('plugin', [
  { from: ['discovered'], to: 'verified', by: ['check'], why: 'manifest, SDK range, entry and settings fit' },
  { from: ['discovered'], to: 'disabled', by: ['check'], why: 'the configuration switches it off' },
  { from: ['discovered', 'verified', 'activating'], to: 'failed', by: ['check', 'refusal'], why: 'the package does not fit this platform' },
  { from: ['discovered', 'verified'], to: 'attention', by: ['check'], why: 'the settings do not fit the plugin' },
  { from: ['activating'], to: 'attention', by: ['refusal'], why: 'the plugin is configured for something else than the hospital says' },
  { from: ['verified', 'waiting'], to: 'activating', by: ['activate', 'retry'], why: 'its code is started' },
  { from: ['activating'], to: 'active', by: ['answer'], why: 'it returned exactly what it declared' },
  { from: ['activating'], to: 'waiting', by: ['refusal'], why: 'it threw or did not answer; it is tried again' },
  { from: ['active'], to: 'waiting', by: ['crash'], why: 'its process ended by itself; it is started again, later and later, and never given up' },
  { from: ['active'], to: 'stopping', by: ['stop'], why: 'no new calls; calls in flight end first' },
  { from: ['stopping'], to: 'stopped', by: ['answer', 'refusal'], why: 'it has closed what it opened, or its time for that is over' },
  { from: ['waiting', 'activating', 'verified', 'attention', 'failed', 'disabled', 'discovered'], to: 'stopped', by: ['stop'], why: 'it was not running' },
  { from: ['stopped', 'attention', 'failed', 'disabled', 'waiting'], to: 'discovered', by: ['activate', 'reload'], why: 'a new attempt from the beginning' },
]);
