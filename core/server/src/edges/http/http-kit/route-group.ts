import type { Bilingual } from '../../../domain/bilingual.js';
import type { ErrorCode, Outcome } from '../../../domain/errors.js';
import { ok } from '../../../domain/errors.js';
import type { Answer } from './answer.js';
import type { HttpRequest } from './http-request.js';
import type { Route, RouteDescription } from './route.js';

/** How callers of the group prove who they are, in OpenAPI's words. */
export type SecurityScheme = { readonly name: string; readonly scheme: Readonly<Record<string, unknown>> };

/** Routes under one base path whose callers prove themselves in one way. */
export type RouteGroup<Access, Caller> = {
  /** `/api/v1`, or empty. */
  readonly basePath: string;
  readonly tag: Bilingual & { readonly name: string };
  readonly routes: readonly Route<Access, Caller>[];
  /** Who is asking, and may they do this? Runs before anything of the request is read. */
  authenticate(request: HttpRequest, access: Access): Promise<Outcome<Caller>> | Outcome<Caller>;
  /** What `authenticate` may refuse with. */
  readonly authenticationErrors: readonly ErrorCode[];
  /** The caller's id for the access log: an application, a login. */
  callerName(caller: Caller): string | undefined;
  readonly security?: SecurityScheme;
};

export type HandledRequest = { readonly outcome: Outcome<Answer>; readonly caller: string | undefined };
export type MountedRoute = RouteDescription & {
  readonly takes: 'checked' | 'raw';
  readonly fullPath: string;
  readonly largestBodyBytes?: number;
  /** For routes that take large bodies: who is not let in is refused before anything is read. */
  letIn(request: HttpRequest): Promise<Outcome<unknown>>;
  handle(request: HttpRequest, params: Readonly<Record<string, string>>): Promise<HandledRequest>;
};
/** A group with its caller type closed over: what the server and the document take. */
export type MountedGroup = Pick<RouteGroup<unknown, unknown>, 'basePath' | 'tag' | 'authenticationErrors' | 'security'> & { readonly routes: readonly MountedRoute[] };

export function mountGroup<Access, Caller>(group: RouteGroup<Access, Caller>): MountedGroup {
  const { basePath, tag, authenticationErrors, security } = group;
  return {
    basePath,
    tag,
    authenticationErrors,
    ...(security === undefined ? {} : { security }),
    routes: group.routes.map((route) => ({
      ...route,
      fullPath: `${basePath}${route.path}`,
      letIn: async (request) => group.authenticate(request, route.access),
      async handle(request, params) {
        const caller = await group.authenticate(request, route.access);
        if (caller.kind === 'refused') return { outcome: caller, caller: undefined };
        return { outcome: await route.answer(request, params, caller.value), caller: group.callerName(caller.value) };
      },
    })),
  };
}

/** A group that anybody may call. */
export function openGroup(group: Pick<RouteGroup<'anyone', undefined>, 'basePath' | 'tag' | 'routes'>): MountedGroup {
  return mountGroup({ ...group, authenticate: () => ok(undefined), authenticationErrors: [], callerName: () => undefined });
}
