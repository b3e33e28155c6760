import type { Application, ApplicationRegistry } from './ports.js';

/** A registry of fixed applications: for tests and simulations. */
export function inMemoryApplicationRegistry(applications: readonly Application[]): ApplicationRegistry {
  return { find: (appId) => Promise.resolve(applications.find((application) => application.appId === appId)) };
}
