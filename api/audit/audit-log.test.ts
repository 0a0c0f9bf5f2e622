import { expect, test } from 'vitest';
import { describeOnBoth } from '../store/test-databases.ts';
import { TestClock } from '../test-clock.ts';
import { AuditLog, auditMigrations, verifyAudit } from './audit-log.ts';

describeOnBoth('the audit log', auditMigrations, (open) => {
  const filled = async () => {
    const database = await open();
    const log = new AuditLog(new TestClock());
    const entry = (i: number) => ({ retailerId: 'r', actor: 'key:1', action: 'order.refund', about: `order-${i}` });
    await Promise.all(Array.from({ length: 6 }, (_, i) => database.transaction((tx) => log.append(tx, entry(i)))));
    return database;
  };

  test('is whole after entries written at the same time', async () => {
    expect(await verifyAudit(await filled())).toMatchObject({ entries: 6, brokenAt: null });
  });

  test('shows an entry that was altered, removed or put in between', async () => {
    const changes = [
      "UPDATE audit SET about = 'order-9' WHERE seq = 3",
      'DELETE FROM audit WHERE seq = 3',
      "UPDATE audit SET actor = 'key:2' WHERE seq = 3",
      'UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 3',
    ];
    for (const change of changes) {
      const database = await filled();
      await database.query(change);
      expect((await verifyAudit(database)).brokenAt).toBe(3);
    }
  });
});
