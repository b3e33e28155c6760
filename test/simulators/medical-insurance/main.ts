import { parseArgs } from 'node:util';

import { startMedicalInsuranceSimulator } from './start-medical-insurance-simulator.js';

/** The simulator as a process, for the demo. Prints one JSON line when it listens and ends on SIGTERM or SIGINT. */
const { values } = parseArgs({ options: { data: { type: 'string' }, host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string', default: '0' }, 'notice-url': { type: 'string' } } });
if (values.data === undefined) {
  console.error('usage: main.js --data FOLDER [--host H] [--port N] [--notice-url URL]');
  process.exit(2);
}

const noticeUrl = values['notice-url'];
const simulator = await startMedicalInsuranceSimulator({ dataFolder: values.data, host: values.host, port: Number(values.port), ...(noticeUrl === undefined ? {} : { mobile: { noticeUrl } }) });

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.stop());

const { institutionCode, baseUrl, credentials } = simulator;
console.log(JSON.stringify({ ready: 'medical-insurance-simulator', baseUrl, hallUrl: `${baseUrl}/hall`, institutionCode, gatewayId: credentials.gatewayId, gatewaySecret: credentials.gatewaySecret, mobileAppId: credentials.mobileAppId, mobileAppSecret: credentials.mobileAppSecret, centrePublicKey: credentials.centre.publicKey }));
