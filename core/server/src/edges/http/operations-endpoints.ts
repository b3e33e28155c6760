import { Type } from 'typebox';
import { ok } from '../../domain/errors.js';
import { bytes, json } from './http-kit/answer.js';
import { openGroup, type MountedGroup } from './http-kit/route-group.js';
import { routesFor } from './http-kit/route.js';

type Report = { readonly ok: boolean; readonly degraded: boolean; readonly checks: readonly ({ readonly name: string } & ({ readonly ok: true } | { readonly ok: false; readonly reason: string }))[] };

/** What a supervisor and a monitoring system ask. */
export type OperationsPorts = {
  live(): Promise<Report>;
  ready(): Promise<Report>;
  metricsPage(): Promise<{ readonly contentType: string; readonly text: string }>;
};

const { route } = routesFor<'anyone', undefined>();
const ReportSchema = Type.Object(
  { ok: Type.Boolean(), degraded: Type.Boolean({ description: '有需要关注的事项，不影响服务 / Somebody should look; service goes on' }), checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), reason: Type.Optional(Type.String()) }, { additionalProperties: false })) },
  { additionalProperties: false, title: 'HealthReport' },
);
const TAG = { name: 'operations', zh: '运维', en: 'Operations' };
const REPORTS = { 200: { zh: '正常', en: 'Well', schema: ReportSchema }, 503: { zh: '异常', en: 'Not well', schema: ReportSchema } };

const answer = (report: Report) => ok(json(report, report.ok ? 200 : 503));
const liveRoute = (live: OperationsPorts['live']) => route({ method: 'GET', path: '/healthz', operationId: 'live', summary: { zh: '存活检查', en: 'Is the process well?' }, access: 'anyone', answers: REPORTS, errors: [], handle: async () => answer(await live()) });

/** `/healthz` alone. */
export function livenessEndpoint(live: OperationsPorts['live']): MountedGroup {
  return openGroup({ basePath: '', tag: TAG, routes: [liveRoute(live)] });
}

/** `/healthz`, `/readyz`, `/metrics`. */
export function operationsEndpoints(ports: OperationsPorts): MountedGroup {
  return openGroup({
    basePath: '',
    tag: TAG,
    routes: [
      liveRoute(() => ports.live()),
      route({ method: 'GET', path: '/readyz', operationId: 'ready', summary: { zh: '就绪检查', en: 'May it get traffic?' }, access: 'anyone', answers: REPORTS, errors: [], handle: async () => answer(await ports.ready()) }),
      route({
        method: 'GET', path: '/metrics', operationId: 'metrics', summary: { zh: '指标（Prometheus）', en: 'Metrics (Prometheus)' }, access: 'anyone',
        answers: { 200: { zh: '指标', en: 'Metrics', contentType: 'text/plain' } }, errors: [],
        async handle() {
          const { contentType, text } = await ports.metricsPage();
          return ok(bytes(contentType, text));
        },
      }),
    ],
  });
}
