import { runHospitalAdapterConformance } from '@hospay/plugin-sdk/testkit';
import { makeSqlServerSubject } from './hospital-adapter-sqlserver-subject.js';

runHospitalAdapterConformance({ name: 'the SQL Server adapter, over TDS', makeSubject: () => makeSqlServerSubject() });
runHospitalAdapterConformance({ name: 'the SQL Server adapter, over TDS, with a HIS that books in two steps', makeSubject: () => makeSqlServerSubject({ twoSteps: true }) });
