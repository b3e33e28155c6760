import { askHospital } from '../domain/ask-hospital.js';
import { cancelRegistration } from './cancel-registration.js';
import { holdRegistration } from './hold-registration.js';
import type { RegistrationDesk, RegistrationPorts } from './ports.js';

/** Schedules and slots are read live: a slot that was free a minute ago is not. */
export function createRegistrationDesk(ports: RegistrationPorts): RegistrationDesk {
  const { hospitals } = ports;
  return {
    listDepartments: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'listDepartments', request),
    listDoctors: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'listDoctors', request),
    listSchedules: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'listSchedules', request),
    listSlots: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'listSlots', request),
    holdRegistration: (request) => holdRegistration(ports, request),
    cancelRegistration: (request) => cancelRegistration(ports, request),
    listRegistrations: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'listRegistrations', request),
    checkIn: ({ hospitalId, ...request }) => askHospital(hospitals, hospitalId, 'checkIn', request),
  };
}
