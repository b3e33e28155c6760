/** What the plugin host needs from outside. */
import type { PluginStore } from '@hospay/plugin-sdk';

/** Durable stores, one per plugin instance. */
export type GuestStores = { open(instance: string): PluginStore };

export type GuestCallFacts = { readonly plugin: string; readonly instance: string; readonly operation: string };

/** Counts what guests do; Prometheus behind it in the running platform. */
export type GuestMetrics = {
  /** A call ended: with the guest's own outcome kind, or with what the boundary made of its silence. */
  answered(facts: GuestCallFacts & { readonly outcome: string; readonly seconds: number }): void;
  /** An answer came after the core had stopped listening. It was dropped; a query will tell. */
  late(facts: GuestCallFacts): void;
  /** The guest broke the contract: threw, or answered in a shape that is not in the schema. */
  broke(facts: GuestCallFacts & { readonly how: 'threw' | 'malformed' | 'deadline' | 'full' | 'stopped' }): void;
};

export const SILENT_METRICS: GuestMetrics = { answered() {}, late() {}, broke() {} };
