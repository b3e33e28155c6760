import { runHospitalAdapterConformance } from '@hospay/plugin-sdk/testkit';
import { makeSqlServerSubject } from './hospital-adapter-sqlserver-subject.js';

runHospitalAdapterConformance({ name: 'the SQL Server adapter, over TDS', makeSubject: () => makeSqlServerSubject() });
