/**
 * Loaded before every test file. A file whose tests are over but whose process lives on, because something it opened was never closed, would hold
 * up the whole run for ever: it is named and ended as a failure.
 */
import { after } from 'node:test';

const GRACE_MS = 30_000;

// Processes that tests fork inherit this import; they are no test files.
if (process.env.NODE_TEST_CONTEXT === 'child-v8' && process.argv[1]?.endsWith('.test.js')) {
  after(() => {
    setTimeout(() => {
      process.stderr.write(`hospay: ${process.argv[1]} is over, but something it opened is not closed: ${process.getActiveResourcesInfo().join(', ')}\n`);
      process.exit(1);
    }, GRACE_MS).unref();
    // Everything is told and closed by now. What Node takes down after it once ran for ever, with nothing left to wait for: it is left out, as process.exit leaves it out.
    process.once('exit', () => process.exit());
  });
}
