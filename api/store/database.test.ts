import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type Database, DatabaseError } from './database.ts';
import { type Migration, migrate } from './migrate.ts';
import { numbered } from './postgres.ts';
import { describeOnBoth } from './test-databases.ts';

const migrations: Migration[] = [
  {
    id: 'test/1-accounts',
    sqlite: `CREATE TABLE accounts (id TEXT PRIMARY KEY, amount BIGINT NOT NULL, note TEXT);
      CREATE INDEX accounts_amount ON accounts (amount);`,
  },
];

const amountOf = async (database: Database, id: string) =>
  (await database.query<{ amount: number }>('SELECT amount FROM accounts WHERE id = ?', [id]))[0]?.amount;

describeOnBoth('the store of record', migrations, (open) => {
  test('keeps whole numbers beyond 32 bits and texts with question marks', async () => {
    const database = await open();
    await database.query("INSERT INTO accounts VALUES (?, ?, 'why?')", ['a', 1_700_000_000_000]);
    const rows = await database.query('SELECT id, amount, note FROM accounts');
    expect(rows.map((row) => ({ ...row }))).toEqual([{ id: 'a', amount: 1_700_000_000_000, note: 'why?' }]);
  });

  test('undoes every write of a transaction that fails', async () => {
    const database = await open();
    const work = database.transaction(async (tx) => {
      await tx.query('INSERT INTO accounts (id, amount) VALUES (?, ?)', ['a', 1]);
      throw new Error('afterwards');
    });
    await expect(work).rejects.toThrow('afterwards');
    expect(await amountOf(database, 'a')).toBeUndefined();
  });

  test('loses no update among transactions at the same time', async () => {
    const database = await open();
    await database.query('INSERT INTO accounts (id, amount) VALUES (?, ?)', ['a', 0]);
    const addOne = () =>
      database.transaction(async (tx) => {
        const [row] = await tx.query<{ amount: number }>('SELECT amount FROM accounts WHERE id = ?', ['a']);
        await tx.query('UPDATE accounts SET amount = ? WHERE id = ?', [row!.amount + 1, 'a']);
      });
    await Promise.all(Array.from({ length: 8 }, addOne));
    expect(await amountOf(database, 'a')).toBe(8);
  });

  test('tells a repeated key from other trouble', async () => {
    const database = await open();
    await database.query('INSERT INTO accounts (id, amount) VALUES (?, ?)', ['a', 0]);
    const again = database.query('INSERT INTO accounts (id, amount) VALUES (?, ?)', ['a', 0]);
    await expect(again).rejects.toMatchObject({ name: 'DatabaseError', kind: 'unique' });
    await expect(database.query('SELECT * FROM nowhere')).rejects.toMatchObject({ kind: 'other' });
  });

  test('refuses statements of a transaction that is over', async () => {
    const database = await open();
    const late = await database.transaction(async (tx) => tx);
    await expect(late.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseError);
  });

  test('applies each migration once, and refuses one that has changed or is unknown', async () => {
    const database = await open();
    expect(await migrate(database, migrations, systemClock)).toEqual([]);
    const next = { id: 'test/2-more', sqlite: 'ALTER TABLE accounts ADD COLUMN more TEXT' };
    expect(await migrate(database, [...migrations, next], systemClock)).toEqual(['test/2-more']);
    await expect(migrate(database, migrations, systemClock)).rejects.toThrow('does not know');
    const altered = [{ ...migrations[0]!, sqlite: 'CREATE TABLE other (id TEXT)' }, next];
    await expect(migrate(database, altered, systemClock)).rejects.toThrow('another text');
  });
});

test('numbers placeholders but not question marks in quotes', () => {
  expect(numbered("SELECT '?', 'it''s?' WHERE a = ? AND b = ?")).toBe("SELECT '?', 'it''s?' WHERE a = $1 AND b = $2");
});
