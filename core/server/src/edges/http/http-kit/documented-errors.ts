import type { ErrorCode } from '../../../domain/errors.js';
import type { MountedGroup, MountedRoute } from './route-group.js';

/** What any operation may answer. */
const EVERYWHERE: readonly ErrorCode[] = ['MALFORMED_REQUEST', 'BODY_TOO_LARGE', 'STORE_UNAVAILABLE', 'INTERNAL'];

/** Every code an operation may answer: its own, its group's, and everybody's. */
export function documentedErrors(group: MountedGroup, route: MountedRoute): ErrorCode[] {
  return [...new Set([...route.errors, ...group.authenticationErrors, ...EVERYWHERE])];
}
