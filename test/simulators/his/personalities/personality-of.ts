import { basket } from './basket.js';
import { middleTables, type JobHabits } from './middle-tables.js';
import type { Personality } from './personality.js';
import { router } from './router.js';
import { views } from './views.js';

export const PERSONALITY_NAMES = ['procedures', 'router', 'basket', 'views', 'middleTables'] as const;
export type PersonalityName = (typeof PERSONALITY_NAMES)[number];

/** `procedures`: one procedure a function, as hospital.sql has them. */
export function personalityOf(name: PersonalityName, habits: JobHabits): Personality {
  switch (name) {
    case 'procedures': return {};
    case 'router': return router;
    case 'basket': return basket;
    case 'views': return views;
    case 'middleTables': return middleTables(habits);
  }
}
