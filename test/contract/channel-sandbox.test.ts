import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeSandboxSubject } from './channel-sandbox-subject.js';

const NO_MEMORY = 'the sandbox is the far side as well: when it dies, its books die with it';
const NO_WIRE = 'the sandbox has no wire whose answers could be spoilt';

runChannelConformance({
  name: 'sandbox',
  makeSubject: makeSandboxSubject,
  notApplicable: {
    'answer.brokenConnectionAfterExecution': NO_WIRE,
    'answer.serverErrorAfterExecution': NO_WIRE,
    'answer.throttled': NO_WIRE,
    'answer.garbage': NO_WIRE,
    'answer.forgedAnswer': NO_WIRE,
    'answer.unsignedAnswer': NO_WIRE,
    'answer.staleAnswer': NO_WIRE,
    'answer.unlistedRefusal': NO_WIRE,
    'answer.forgedRefusal': NO_WIRE,
    'death.charge': NO_MEMORY,
    'death.close': NO_MEMORY,
    'death.refund': NO_MEMORY,
    'clock.wrong': NO_WIRE,
    'certificate.expired': NO_WIRE,
  },
});
