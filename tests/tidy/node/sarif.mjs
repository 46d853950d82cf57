// SARIF files against the schema of SARIF 2.1.0 (draft 04): prints file: place message and exits 1 on faults.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");
const ajv = new Ajv({ schemaId: "auto", meta: false, allErrors: true, unknownFormats: "ignore", logger: false });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
const valid = ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));

let faults = 0;
for (const file of process.argv.slice(2)) {
  if (valid(JSON.parse(readFileSync(file, "utf8")))) continue;
  for (const { dataPath, message } of valid.errors) console.log(`${file}: ${dataPath} ${message}`);
  faults += valid.errors.length;
}
process.exit(faults === 0 ? 0 : 1);
