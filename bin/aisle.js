#!/usr/bin/env node
// The `aisle` command: hands everything to bin/aisle.ts under the pinned Node.
import { runPinned } from './pinned.js';

runPinned('bin/aisle.ts', process.argv.slice(2));
