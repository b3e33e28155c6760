import { parentPort } from 'node:worker_threads';

import { answerSm2, readSm2Task } from './sm2-task.js';

/** The thread in which SM2 is computed. */
parentPort?.on('message', (message: unknown) => {
  const task = readSm2Task(message);
  if (task !== undefined) parentPort?.postMessage({ id: task.id, ...answerSm2(task) }, []);
});
