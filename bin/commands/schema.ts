import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { scenarioSchemaText } from '../../simulator/scenario/json-schema.ts';

export function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of scenario files (draft-7), for editors')
    .option('--write', 'write scenarios/scenario.schema.json instead')
    .action((options: { write?: boolean }) => {
      if (!options.write) process.stdout.write(scenarioSchemaText());
      else
        writeFileSync(
          fileURLToPath(new URL('../../scenarios/scenario.schema.json', import.meta.url)),
          scenarioSchemaText(),
        );
    });
}
