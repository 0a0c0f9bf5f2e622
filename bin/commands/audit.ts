import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { verifyAudit } from '../../api/audit/audit-log.ts';
import { openPostgres } from '../../api/store/postgres.ts';
import { openSqlite } from '../../api/store/sqlite.ts';
import { UserError } from '../user-error.ts';

export function auditCommand(): Command {
  return new Command('audit')
    .description('Check that no entry of the audit log was altered, removed or put in between')
    .option('--data <folder>', 'folder of the gateway; DATABASE_URL names a PostgreSQL instead', 'out/gateway')
    .option('--head <hash>', 'hash noted at an earlier check: the log must be that one or have grown from it')
    .action(audit);
}

async function audit({ data, head }: { readonly data: string; readonly head?: string }): Promise<void> {
  const url = process.env['DATABASE_URL'];
  const path = join(data, 'gateway.sqlite');
  if (!url && !existsSync(path)) throw new UserError(`${path}: found no database, expected one of a gateway`);
  const database = url ? openPostgres(url) : openSqlite(path);
  try {
    const verdict = await verifyAudit(database);
    const grown =
      head === undefined || (await database.query('SELECT 1 AS one FROM audit WHERE hash = ?', [head])).length > 0;
    if (verdict.brokenAt !== null) console.log(`broken at entry ${verdict.brokenAt}`);
    else if (!grown)
      console.log(`${verdict.entries} entries follow from each other, but not from ${head}: its end was cut`);
    else console.log(`${verdict.entries} entries, unbroken; head ${verdict.head}`);
    process.exitCode = verdict.brokenAt === null && grown ? 0 : 1;
  } finally {
    await database.close();
  }
}
