import type { PlantedBug } from './planted-bug.js';

export const PLANTED_BUGS: readonly PlantedBug[] = [];

/** @throws when there is no such bug. */
export function plantedBug(name: string): PlantedBug {
  const found = PLANTED_BUGS.find((plant) => plant.name === name);
  if (found === undefined) throw new Error(`no such planted bug: ${name}; there are: ${PLANTED_BUGS.map((plant) => plant.name).join(', ')}`);
  return found;
}
