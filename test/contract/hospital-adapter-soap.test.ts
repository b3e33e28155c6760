import { runHospitalAdapterConformance } from '@hospay/plugin-sdk/testkit';
import { makeSoapSubject } from './hospital-adapter-soap-subject.js';
import { NO_DICTIONARIES, NO_INSURANCE } from './his-text-subject.js';

runHospitalAdapterConformance({ name: 'the SOAP adapter, one XML string in UTF-8', makeSubject: () => makeSoapSubject('selfService'), notApplicable: NO_INSURANCE });
runHospitalAdapterConformance({ name: 'the SOAP adapter, an out parameter in GBK', makeSubject: () => makeSoapSubject('gbk'), notApplicable: { ...NO_INSURANCE, ...NO_DICTIONARIES } });
runHospitalAdapterConformance({ name: 'the SOAP adapter, the encrypted envelope', makeSubject: () => makeSoapSubject('encrypted'), notApplicable: { ...NO_INSURANCE, ...NO_DICTIONARIES } });
