import { definePlugin } from '@hospay/plugin-sdk';

import { CAMPUS_DAYS } from './campus-days.js';
import { OPERATOR_MONTHS } from './operator-months.js';
import { SettingsSchema } from './settings.js';

export default definePlugin({
  settings: SettingsSchema,
  activate: ({ settings }) => ({ reports: { 'campus-days': CAMPUS_DAYS(settings), 'operator-months': OPERATOR_MONTHS } }),
});
