import { runHospitalAdapterConformance } from '@hospay/plugin-sdk/testkit';
import { makeHl7Subject } from './hospital-adapter-hl7-subject.js';

runHospitalAdapterConformance({
  name: 'the HL7 adapter, original mode, GBK without MSH-18',
  makeSubject: () => makeHl7Subject({ hospital: { characterSet: 'gbk', isSilentAboutCharacterSet: true }, settings: { characterSet: 'cp936' } }),
});

runHospitalAdapterConformance({
  name: 'the HL7 adapter, enhanced mode, UTF-8, answers on connections of the HIS',
  // Where the answer comes on another connection, the end of ours is no end of the waiting: shorter deadlines keep the rules about it short.
  makeSubject: () => makeHl7Subject({
    listens: true, settings: { acknowledgement: 'enhanced', operations: { confirm: { timeoutMs: 1_000 }, approveRefund: { timeoutMs: 1_000 }, queryConfirmation: { timeoutMs: 1_000 }, presettle: { timeoutMs: 1_000 } } },
  }),
});
