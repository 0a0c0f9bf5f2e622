import { Command } from 'commander';
import { schemaText, writeSchema } from '../../simulator/scenario/schema/json-schema.ts';

export function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of scenario files (draft-7), for editors')
    .option('--write', 'write scenarios/scenario.schema.json instead')
    .action((options: { write?: boolean }) => {
      if (!options.write) process.stdout.write(schemaText());
      else writeSchema();
    });
}
