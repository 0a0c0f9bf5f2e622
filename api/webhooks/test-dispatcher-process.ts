/** The dispatcher as a process of its own, for the test that kills it: `test-dispatcher-process.ts FILE`. */
import { systemClock } from '../clock.ts';
import { openSqlite } from '../store/sqlite.ts';
import { AddressGuard } from './address-guard.ts';
import { Dispatcher } from './dispatcher.ts';
import { Endpoints } from './endpoints.ts';
import { Outbox } from './outbox.ts';
import { Poster } from './post.ts';
import { aesSeal } from './seal.ts';

const database = openSqlite(process.argv[2]!);
const guard = new AddressGuard({ allowPrivate: true });
const endpoints = new Endpoints({ database, clock: systemClock, guard, seal: aesSeal(Buffer.alloc(32, 1)) });
const outbox = new Outbox(systemClock, 'https://gateway.example');
const poster = new Poster(guard);
const onTrouble = (error: unknown) => console.error(error);
const parts = { database, clock: systemClock, endpoints, outbox, poster, onTrouble };
new Dispatcher(parts, { owner: 'child', pollMs: 10, perEndpoint: 4 }).start();
