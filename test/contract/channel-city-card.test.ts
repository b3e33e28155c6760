import { runChannelConformance } from '@hospay/plugin-sdk/testkit';
import { makeCityCardSubject } from './channel-city-card-subject.js';

runChannelConformance({ name: 'city-card, the example of a vendor', makeSubject: () => makeCityCardSubject(), notApplicable: { 'certificate.expired': 'the city card signs with a shared key' } });
