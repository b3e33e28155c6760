import type { Personality } from './personality.js';

/** A hospital that opens views to read and procedures to write, with a day and a year library. Faults are planned for the view's name. */
export const views: Personality = { script: 'views.sql' };
