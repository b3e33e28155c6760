import type { PluginContext, PluginManifest, PluginStore } from '@hospay/plugin-sdk';
import { createGuestHttp, createGuestKeys } from '@hospay/plugin-sdk/host';
import type { Timers } from '../domain/time.js';

export type GuestCapabilities = Pick<PluginContext<unknown>, 'store' | 'http' | 'keys' | 'after'>;

export type GuestCapabilitiesRequest = {
  readonly manifest: PluginManifest;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly store: PluginStore;
  readonly timers: Timers;
  /** `none`: every request is answered `notSent`, as if nobody were there. */
  readonly network?: 'none' | 'allowed';
};

/** What a guest may do in the world, bounded by its manifest: HTTP to the hosts it names, key work over its own secrets, its own store, timers that end with it. */
export function createGuestCapabilities({ manifest, settings, store, timers, network = 'allowed' }: GuestCapabilitiesRequest): { readonly capabilities: GuestCapabilities; stop(): void } {
  const secretOf = (name: string): string | undefined => {
    const value = (manifest.needs.secrets ?? []).includes(name) ? settings[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const hosts = network === 'none' ? new Set<string>() : allowedHosts(manifest, settings);
  const http = createGuestHttp({ isAllowed: (url) => hosts.has(url.host), secretOf });
  const armed = new Set<{ cancel(): void }>();
  let stopped = false;
  return {
    capabilities: {
      store,
      http,
      keys: createGuestKeys(secretOf),
      after(milliseconds, run) {
        if (stopped) return { cancel() {} };
        const timer = timers.after(milliseconds, () => {
          armed.delete(timer);
          run();
        });
        armed.add(timer);
        return {
          cancel() {
            armed.delete(timer);
            timer.cancel();
          },
        };
      },
    },
    stop() {
      stopped = true;
      for (const timer of armed) timer.cancel();
      armed.clear();
      http.stop();
    },
  };
}

/** `needs.network` names hosts, or settings that hold an address. */
function allowedHosts({ needs }: PluginManifest, settings: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  return new Set(
    (needs.network ?? []).flatMap((name) => {
      const value = settings[name];
      if (typeof value === 'string') return URL.parse(value)?.host ?? [];
      return name.includes('.') ? name : [];
    }),
  );
}
