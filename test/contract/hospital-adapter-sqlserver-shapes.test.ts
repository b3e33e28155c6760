import { runHospitalAdapterConformance } from '@hospay/plugin-sdk/testkit';
import { makeShapeSubject, type Shape } from './hospital-adapter-sqlserver-shapes-subject.js';

const NO_INSURANCE = 'this mapping settles no insurance through the platform';
const notApplicable = { 'insurance.details': NO_INSURANCE, 'insurance.billChanged': NO_INSURANCE, 'insurance.confirm': NO_INSURANCE, 'insurance.partsDiffer': NO_INSURANCE };

const HOSPITALS: readonly { readonly shape: Shape; readonly name: string }[] = [
  { shape: 'router', name: 'the SQL Server adapter over a router procedure' },
  { shape: 'basket', name: 'the SQL Server adapter filling a basket call by call' },
  { shape: 'views', name: 'the SQL Server adapter over views and procedures' },
  { shape: 'middleTables', name: 'the SQL Server adapter over middle tables' },
];

for (const { shape, name } of HOSPITALS) runHospitalAdapterConformance({ name, makeSubject: () => makeShapeSubject(shape), notApplicable });
