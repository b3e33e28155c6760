/** What a platform is started with, and the version it says it has. Part of the composition root. */
import type { Configuration } from './config/configuration-schema.js';
import type { LoadedConfiguration } from './config/load-configuration.js';
import type { Clock, RandomSource, Timers } from './domain/time.js';
import type { RunningLog } from './operations/logger.js';
import type { BoxPlaces } from './platform-updates.js';

export type PlatformOptions = {
  readonly configuration: Configuration;
  /** Relative plugin folders start here. */
  readonly configFolder: string;
  /** The profile it was started with. */
  readonly profile: string;
  /** Asked to stop and start again: a fence was lifted, and everything begins as after any start. */
  readonly startAnew: () => void;
  /** The appliance it runs on, if it does. */
  readonly box?: BoxPlaces | undefined;
  /** Where the machine starts plugins as units of their own; absent: they are children of this process. */
  readonly pluginSocket?: string | undefined;
  /** Authorities the machine was told of besides those of the system, PEM: what is not Node must be told of them too. */
  readonly authoritiesFile?: string | undefined;
  /** Where each value of the configuration came from. */
  readonly loaded: Pick<LoadedConfiguration, 'origins' | 'secretKeys' | 'defaults' | 'below'>;
  /** The built console. */
  readonly consoleFolder: string;
  /** The built checkout page. */
  readonly checkoutPageFolder: string;
  readonly log: RunningLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
};

export const VERSION = '0.1.0';
