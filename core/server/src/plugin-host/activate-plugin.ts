import type { Contributions, PluginDefinition, PluginLog } from '@hospay/plugin-sdk';
import { Type, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Log } from '../domain/log.js';
import { own } from '../domain/own-words.js';
import { describeMismatches, listMismatches } from '../domain/schema-mismatch.js';
import type { Clock, Timers } from '../domain/time.js';
import { checkContributions, isContributions } from './check-contributions.js';
import type { GuestCapabilities } from './guest-capabilities.js';
import { loadModule } from './load-module.js';
import type { PluginPackage } from './read-package.js';

/** Why a plugin does not run. `waiting` is tried again by itself, `attention` needs an operator, `failed` another package. */
export type Refusal = {
  readonly kind: 'waiting' | 'attention' | 'failed';
  readonly reason: string;
  /** JSON Schema of its settings, where its code could be asked for it: a plugin that does not start because of its keys still has keys. */
  readonly settingsSchema?: unknown;
};
export type Loaded = { readonly kind: 'loaded'; readonly definition: PluginDefinition };
export type Activated = { readonly kind: 'activated'; readonly contributions: Contributions };

/** A plugin that opens connections while it is activated gets this long. */
const ACTIVATE_DEADLINE_MS = 30_000;

/** Loads a package's code and checks the settings against its schema. */
export async function loadPlugin(plugin: PluginPackage, settings: unknown, log: Log): Promise<Loaded | Refusal> {
  let definition: PluginDefinition;
  try {
    definition = await loadModule(plugin);
  } catch (error) {
    log.error('a plugin could not be loaded', { error });
    return { kind: 'failed', reason: own('codeNotLoaded', error instanceof Error ? error.message : 'it threw') };
  }
  const unfit = checkSettings(definition.settings, settings);
  return unfit === undefined ? { kind: 'loaded', definition } : { ...unfit, settingsSchema: definition.settings };
}

/** Compares settings with a plugin's schema of them. Undefined: they fit. */
export function checkSettings(given: unknown, settings: unknown): Refusal | undefined {
  const schema = readSchema(given);
  if (schema === undefined) return { kind: 'failed', reason: own('settingsSchemaUnfit') };
  const mismatches = listMismatches(schema, settings);
  if (mismatches.length > 0 || !Check(schema, settings)) return { kind: 'attention', reason: own('settingsUnfit', describeMismatches(mismatches)) };
  return undefined;
}

/** Runs `activate` with a deadline and compares what it returns with the manifest. */
export async function activatePlugin(
  { manifest }: PluginPackage,
  definition: PluginDefinition,
  settings: unknown,
  { clock, timers, log, capabilities }: { readonly clock: Clock; readonly timers: Timers; readonly log: Log; readonly capabilities: GuestCapabilities },
): Promise<Activated | Refusal> {
  const context = { settings: structuredClone(settings), now: () => clock.now(), log: guestLog(log), ...capabilities };
  const late = Promise.withResolvers<'late'>();
  const timer = timers.after(ACTIVATE_DEADLINE_MS, () => late.resolve('late'));
  const activating = (async (): Promise<unknown> => definition.activate(context))();
  try {
    const contributions = await Promise.race([activating, late.promise]);
    if (contributions === 'late') {
      // If it does come up later, it is closed again: nobody would call it.
      void activating.then((value) => stopContributions(value, timers), () => undefined);
      return { kind: 'waiting', reason: own('activateLate', String(ACTIVATE_DEADLINE_MS / 1000)) };
    }
    if (isContributions(manifest, contributions)) return { kind: 'activated', contributions };
    const problems = checkContributions(manifest, contributions);
    await stopContributions(contributions, timers);
    return { kind: 'failed', reason: problems.join('; ') };
  } catch (error) {
    log.error('a plugin threw while it was activated', { error });
    return { kind: 'waiting', reason: own('activateThrew', error instanceof Error ? error.message : '') };
  } finally {
    timer.cancel();
  }
}

/** A plugin's facts cannot pose as the core's: they stand below a key of their own, and pass redaction like everything else. */
function guestLog(log: Log): PluginLog {
  return { info: (message, facts) => log.info(message, { said: facts }), warn: (message, facts) => log.warn(message, { said: facts }) };
}

/** A guest that does not stop in time is left behind; the core goes on. */
const STOP_DEADLINE_MS = 10_000;

/** Calls a plugin's `stop`, if it has one, with a deadline. Returns what went wrong. */
export async function stopContributions(contributions: unknown, timers: Timers): Promise<string | undefined> {
  const late = Promise.withResolvers<string>();
  const timer = timers.after(STOP_DEADLINE_MS, () => late.resolve(`stop did not return within ${STOP_DEADLINE_MS / 1000} s`));
  const stop = async (): Promise<undefined> => {
    if (typeof contributions !== 'object' || contributions === null || !('stop' in contributions) || typeof contributions.stop !== 'function') return;
    await contributions.stop();
  };
  try {
    return await Promise.race([stop(), late.promise]);
  } catch (error) {
    return `stop threw: ${error instanceof Error ? error.message : ''}`;
  } finally {
    timer.cancel();
  }
}

const ClosedObjectSchema = Type.Object({ type: Type.Literal('object'), additionalProperties: Type.Literal(false) });

/** The schema as plain JSON, as it would arrive from another process. It must refuse unknown keys: a misspelt one would be silently ignored. */
function readSchema(schema: unknown): TSchema | undefined {
  try {
    const plain: unknown = JSON.parse(JSON.stringify(schema));
    return Check(ClosedObjectSchema, plain) ? plain : undefined;
  } catch {
    return undefined;
  }
}
