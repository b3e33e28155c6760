import { runHospitalAdapterConformance } from '@hospay/plugin-sdk/testkit';
import { makeTcpSubject } from './hospital-adapter-tcp-subject.js';
import { NO_DICTIONARIES, NO_INSURANCE } from './his-text-subject.js';

const notApplicable = { ...NO_INSURANCE, ...NO_DICTIONARIES };

runHospitalAdapterConformance({ name: 'the TCP adapter, positions from an agent', makeSubject: () => makeTcpSubject('agent'), notApplicable });
runHospitalAdapterConformance({ name: 'the TCP adapter, keys from a front machine', makeSubject: () => makeTcpSubject('frontMachine'), notApplicable });
