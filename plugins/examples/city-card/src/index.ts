import { definePlugin } from '@hospay/plugin-sdk';
import { createCityCardChannel } from './city-card-channel.js';
import { listCredentials } from './credentials.js';
import { CityCardSettingsSchema } from './settings.js';

export default definePlugin({
  settings: CityCardSettingsSchema,
  activate: (context) => ({ channels: { 'city-card': { ...createCityCardChannel(context), listCredentials } } }),
});
